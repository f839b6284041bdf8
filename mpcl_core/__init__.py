"""Predict distributions over emotions from body signals, with plugins, recipes and leak-proof protocols.

The names of this module are the public API of the framework::

    import mpcl_core as mpcl

    run = mpcl.run("mpcl")                   # a shipped recipe, a file or a mapping
    run.summary()                            # a row for each variant and metric
    run.predictions()                        # a row for each test window
    mpcl.metrics.kl_divergence(D, D_pred)    # the scores as functions

They are imported when they are first used, so that ``import mpcl_core`` is quick.

**Stability.** The names in ``__all__``, and the parameters that their documentation states, follow a deprecation rule:
before a name is removed or changed, its use warns for two minor versions (`mpcl_core.interfaces.deprecation`). So do
``mpcl_core.plugin`` for authors of plugins, ``mpcl_core.sklearn``, the keys of recipes and the command line. Everything
else may change in any version.
"""

from importlib import import_module

TYPE_CHECKING = False  # true for type checkers; without the import of typing, which takes a third of the time

if TYPE_CHECKING:
    import mpcl_core.losses as losses
    import mpcl_core.metrics as metrics
    from mpcl_core.app.api import (
        audit,
        check,
        compare,
        draw_explanation,
        export_model,
        fit,
        load_model,
        load_recipe,
        open_run,
        run,
    )
    from mpcl_core.model.onnx_model import OnnxModel

    __version__: str

__all__ = [
    "OnnxModel",
    "__version__",
    "audit",
    "check",
    "compare",
    "draw_explanation",
    "export_model",
    "fit",
    "load_model",
    "load_recipe",
    "losses",
    "metrics",
    "open_run",
    "run",
]

_MODULES = {"losses", "metrics"}
_OTHERS = {"OnnxModel": "mpcl_core.model.onnx_model"}


def __getattr__(name: str) -> object:
    """Import a name of the public API when it is first used.

    Args:
        name: the name.

    Returns:
        The function, module or text.

    Raises:
        AttributeError: the public API has no such name.
    """
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object
    if name == "__version__":
        value = import_module("importlib.metadata").version("mpcl")
    elif name in _MODULES:
        value = import_module(f"mpcl_core.{name}")
    else:
        value = getattr(import_module(_OTHERS.get(name, "mpcl_core.app.api")), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the names of the public API and of the module.

    Returns:
        The names, sorted.
    """
    return sorted({*globals(), *__all__})
