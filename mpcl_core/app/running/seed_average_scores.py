"""Score seed-averaged predictions by the metrics of plugins, whose functions are at hand only while a run is made."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from jaxtyping import Float64
from numpy import ndarray

from mpcl_core.evaluation.statistics.seed_average import average_predictions
from mpcl_core.interfaces.errors import PluginError
from mpcl_core.interfaces.metric import Metric, plugin_scores
from mpcl_core.runs.reader import RunReader
from mpcl_core.runs.seed_average_file import write_seed_average

Scores = Mapping[str, Float64[ndarray, "N"]]
"""Name of a plugin's metric -> (N,) scores of the windows by increasing number."""


def write_seed_average_scores(run: RunReader, metrics: Sequence[Metric], on_message: Callable[[str], None]) -> None:
    """Write the scores of each variant of several seeds into the run folder.

    Args:
        run: the run; its jobs have been run.
        metrics: the metrics of the loaded plugins.
        on_message: called with a line where a metric failed; the variant then has no such scores.
    """
    for variant, compute in seed_average_scores(run, metrics):
        try:
            write_seed_average(run.path, variant, compute())
        except PluginError as error:
            on_message(f"{variant}: its seed-averaged prediction is not scored by plugins: {error}")


def seed_average_scores(run: RunReader, metrics: Sequence[Metric]) -> Iterator[tuple[str, Callable[[], Scores]]]:
    """Yield the variants whose predictions can be averaged over seeds.

    Args:
        run: the run.
        metrics: metrics of plugins; those that the run does not have are passed over.

    Yields:
        The variant, and a function that returns its scores and raises a PluginError where a metric fails.

    Raises:
        UsageError: a file of the run is damaged.
    """
    known = [metric for metric in metrics if metric.name in run.manifest.metrics]
    for variant in run.manifest.variants if known else ():
        if len(run.manifest.seeds_of(variant)) > 1:
            averaged = average_predictions([found for _, found in RunReader(run.path).seed_predictions(variant)])
            if averaged is not None:
                yield variant, partial(plugin_scores, known, averaged.D, averaged.D_pred)
