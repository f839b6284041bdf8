"""Observers that write down how a run goes elsewhere than in its folder's own ``metrics.jsonl``.

Each module here is a plugin of its own, with the observing hooks and nothing else. None is loaded unless it is asked
for: ``mpcl run RECIPE --track tensorboard`` loads ``tensorboard.py`` as ``--plugin`` loads a file, in every process
that runs jobs. A tracker of your own is such a file, and needs no name here.
"""

from mpcl_core.plugin import Component, hookimpl


@hookimpl
def mpcl_components() -> list[type[Component]]:
    return []
