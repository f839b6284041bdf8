"""Hold what a job needs to know of its run."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from mpcl_core.interfaces.metric import Metric
from mpcl_core.spec.variant import VariantSpec


@dataclass(frozen=True)
class RunContext:
    """Hold the variants of a run and the observers of its jobs.

    Args:
        specs: variant name -> its spec.
        observers: hook name -> the functions that it calls, with the hook's arguments.
        metrics: the metrics of plugins, by which test windows are scored beside the six.
        save_models: whether each job leaves its trained model in its folder; the experiments of an audit do not.
        shares_fits: whether its jobs share statistics of people (`training.study_windows`); an audit records every fit.
        modules: the names of the modules that were imported before any of its jobs ran in this process.
    """

    specs: Mapping[str, VariantSpec]
    observers: Mapping[str, Sequence[Callable[..., None]]] = field(default_factory=dict)
    metrics: Sequence[Metric] = ()
    save_models: bool = True
    shares_fits: bool = True
    modules: frozenset[str] = field(default_factory=lambda: frozenset(sys.modules))


RunOpener = Callable[[], RunContext]
"""Returns the run's context in whatever process it is called; picklable."""
