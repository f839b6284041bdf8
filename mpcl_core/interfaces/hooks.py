"""The hooks of the engine: one that brings components, four that observe.

Decorate a function of the same name with ``@hookimpl``. Arguments you do not need may be left out.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    from torch import nn

    from mpcl_core.interfaces.components import Component
    from mpcl_core.interfaces.data import Job

hookspec = pluggy.HookspecMarker("mpcl")
hookimpl = pluggy.HookimplMarker("mpcl")


@hookspec
def mpcl_components() -> "Iterable[type[Component]]":  # type: ignore[empty-body]
    """Called once when plugins are discovered. Returns the component classes that the plugin brings.

    Import them inside the function, so that a plugin costs nothing until it is asked; raise ``PluginError``
    where something that they need is not installed.
    """


@hookspec
def mpcl_job_started(job: "Job", network: "nn.Module | None", recipe: Mapping[str, Any]) -> None:
    """Called in the job's own process when a network is built (None for an estimator), before its first step.

    With ``train.refit`` there are two: the network of the search, and the one of the refit, which is kept.

    Args:
        job: variant, seed and fold, and the folder for what the job leaves.
        network: the network on its device. Look, do not change.
        recipe: the variant's resolved recipe as plain values.
    """


@hookspec
def mpcl_epoch_ended(job: "Job", epoch: int, metrics: Mapping[str, int | float | str]) -> None:
    """Called after every epoch with the line that is written to ``metrics.jsonl``.

    Args:
        job: variant, seed and fold.
        epoch: counted from 1 in each phase; 0 is the look at the validation rows before the search's first step.
        metrics: ``of`` (epochs at most in the phase), ``phase`` (``search`` or ``refit``), ``loss``, the loss of
            each objective, ``validation_kl`` (nats; in the search only), ``seconds``.
    """


@hookspec
def mpcl_job_ended(job: "Job", metrics: Mapping[str, float]) -> None:
    """Called once when the job's predictions are stored.

    Args:
        job: variant, seed and fold.
        metrics: the six metrics over the fold's test rows, weighted by ``weight``.
    """


@hookspec
def mpcl_job_failed(job: "Job", error: str) -> None:
    """Called instead of `mpcl_job_ended` where something went wrong; not where the process was killed.

    Args:
        job: variant, seed and fold.
        error: what, in a line.
    """
