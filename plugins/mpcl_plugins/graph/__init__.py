"""Provide graph networks in place of the default encoders, fusions, memories and heads.

No other slot imports torch-geometric, and this one only when a component is constructed. Its dense operators are used
(``DenseGraphConv``, ``DenseGCNConv``, ``dense_diff_pool``). Where it offers message passing only (``ChebConv``,
``HGTConv``), the sum over edges is written as a product of matrices, and the tests compare the two: the graphs here are
small, complete and the same for every window, so that a product takes a half to a tenth of the time
(`benchmarks/graph.py`), and constructing such an operator leaves a generated file in the temporary folder. Both work
under ``torch.func.vmap``.
"""

from importlib.util import find_spec

from mpcl_core.plugin import Component, PluginError, hookimpl


@hookimpl
def mpcl_components() -> list[type[Component]]:
    if find_spec("torch_geometric") is None:
        raise PluginError("No module named 'torch_geometric'")
    from mpcl_plugins.graph.channel_graph import ChannelGraph
    from mpcl_plugins.graph.graph_pool import GraphPool
    from mpcl_plugins.graph.label_graph import LabelGraph
    from mpcl_plugins.graph.modality_graph import ModalityGraph
    from mpcl_plugins.graph.prototype_graph import PrototypeGraph

    return [ChannelGraph, GraphPool, LabelGraph, ModalityGraph, PrototypeGraph]
