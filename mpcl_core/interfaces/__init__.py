"""Everything a plugin may import.

A plugin is a file or package with one function::

    from mpcl_core.interfaces.hooks import hookimpl

    @hookimpl
    def mpcl_components():
        return [MyEncoder]

and ``MyEncoder`` is a class of one of the slots in `components`, with a ``name`` by which a recipe picks it
(``use: my_encoder``). What the slot's constructor names, the engine supplies; what your constructor adds, the
recipe supplies. The data that flow between the slots stand in `data`, bounded parameter types in `values`,
masked mathematics in `maths`, the errors in `errors`.
"""
