"""Provide models of other libraries as components: braindecode's as encoders, scikit-learn's as estimators.

The reverse, a recipe as an estimator of scikit-learn, is `mpcl_core.sklearn`.
"""

from mpcl_core.plugin import Component, hookimpl


@hookimpl
def mpcl_components() -> list[type[Component]]:
    from mpcl_plugins.bridges.braindecode import Braindecode
    from mpcl_plugins.bridges.sklearn import Sklearn

    return [Braindecode, Sklearn]
