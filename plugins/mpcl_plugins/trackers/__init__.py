"""Provide observers that record the course of a run elsewhere than in the run folder.

Each module here is a plugin of its own, with the observing hooks and nothing else. None is loaded unless it is
requested: ``mpcl run RECIPE --track tensorboard`` loads ``tensorboard.py`` as ``--plugin`` loads a file, in every
process that runs jobs. A tracker of your own is such a file, and needs no name here.
"""

from mpcl_core.plugin import Component, hookimpl


@hookimpl
def mpcl_components() -> list[type[Component]]:
    return []
