"""Define the hooks of the engine: two that register components and metrics, the others observe a run.

Decorate a function of the same name with ``@hookimpl``. Arguments that you do not need may be left out.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    from torch import nn

    from mpcl_core.interfaces.components import Component
    from mpcl_core.interfaces.data import Job
    from mpcl_core.interfaces.metric import Metric

hookspec = pluggy.HookspecMarker("mpcl")
hookimpl = pluggy.HookimplMarker("mpcl")


@hookspec
def mpcl_components() -> "Iterable[type[Component]]":  # type: ignore[empty-body]
    """Register components. Called once, when plugins are discovered.

    Import them inside the function, so that an unused plugin costs no time; raise ``PluginError`` where a package that
    they need is not installed.

    Returns:
        The component classes of the plugin.

    Example:
        >>> @hookimpl
        ... def mpcl_components():
        ...     from my_package.encoder import MyEncoder
        ...
        ...     return [MyEncoder]
    """


@hookspec
def mpcl_metrics() -> "Iterable[Metric]":  # type: ignore[empty-body]
    """Register metrics. Called once, when plugins are discovered.

    Each is computed for the test windows of every job of a run whose recipe or command names the plugin, or where it is
    installed, and stands beside the six in tables, tests and ranks.

    Returns:
        The metrics of the plugin.

    Example:
        >>> import numpy as np
        >>> from mpcl_core.plugin import Metric
        >>> def total_variation(D, D_pred):
        ...     return np.abs(D - D_pred).sum(1) / 2
        >>> @hookimpl
        ... def mpcl_metrics():
        ...     return [Metric("total_variation", total_variation)]
    """


@hookspec
def mpcl_job_started(job: "Job", network: "nn.Module | None", recipe: Mapping[str, Any]) -> None:
    """Observe the start of a job. Called in its process when the network is built, before the first step.

    With ``train.refit`` it is called twice: for the network of the search, and for that of the refit, which is saved.

    Args:
        job: variant, seed and fold, and the folder for files of the job.
        network: the network on its device; None for an estimator. It must not be changed.
        recipe: the variant's resolved recipe as plain values.
    """


@hookspec
def mpcl_epoch_ended(job: "Job", epoch: int, metrics: Mapping[str, int | float | str]) -> None:
    """Observe the end of an epoch.

    Called in the job's process after the line of ``metrics.jsonl`` is written.

    Args:
        job: variant, seed and fold.
        epoch: counted from 1 in each phase; 0 is the evaluation of the validation windows before the first step of the
            search.
        metrics: that line: ``of`` (the most epochs of the phase), ``phase`` (``search`` or ``refit``), ``loss``, the
            loss of each objective, ``validation_kl`` (nats; in the search only), ``seconds``, and in a
            cohort ``cohort``: how many jobs were trained in the same step.
    """


@hookspec
def mpcl_job_ended(job: "Job", metrics: Mapping[str, float]) -> None:
    """Observe the end of a job. Called once, when its predictions are stored.

    Args:
        job: variant, seed and fold.
        metrics: the six metrics and those of plugins over the fold's test windows, weighted by ``weight``.
    """


@hookspec
def mpcl_job_failed(job: "Job", error: str) -> None:
    """Observe the failure of a job. Called instead of `mpcl_job_ended`, unless the process was killed.

    Args:
        job: variant, seed and fold.
        error: the reason, in one line.
    """


@hookspec
def mpcl_run_started(folder: Path, recipe: str, plan: "Sequence[Job]") -> None:
    """Observe the start of a run, or of its resumption.

    Called once in the process of the run, before its jobs. With ``--shard`` it is called by the shard that begins the
    run, before any shard runs a job.

    Args:
        folder: the run folder, which has its final name once all jobs have been run. It holds the run manifest.
        recipe: the text of the resolved recipe.
        plan: all jobs of the run, those that have finished before included.
    """


@hookspec
def mpcl_run_ended(folder: Path, results: Sequence[Mapping[str, Any]]) -> None:
    """Observe the end of a run.

    Called once in the process of the run, when its tables and report are written; with ``--shard``, by the shard that
    ends last.

    Args:
        folder: the run folder under its final name. Change no file in it: ``mpcl verify`` compares them.
        results: for each group of comparable variants what ``mpcl compare --json`` prints of it.
    """
