"""Show how a memory uses its prototypes, and warn where one of them is used for nearly everything.

    p = mean of α over windows     perplexity = exp(−Σ_j p_j ln p_j)     share_j = part of the windows with largest α_j

α are the weights of a stream's prototypes for the windows whose diagnostics were stored, of a bank of situations those
of its situations. With n prototypes that are
used alike the perplexity is n; where it is near 1, or one prototype is the nearest of most windows, the memory tells
nothing apart.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float

from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.report.studies import describe_study
from mpcl_core.reporting.report.table import Table
from mpcl_core.runs.diagnostics import diagnostic_names
from mpcl_core.runs.finished_jobs import finished_folders
from mpcl_core.runs.layout import DIAGNOSTICS
from mpcl_core.runs.manifest import StudyManifest
from mpcl_core.toolkit.archives import read_arrays

LARGEST_SHARE = 0.5
"""The share of windows from which on one prototype is reported to take nearly all."""

SITUATIONS = ".memory.situations"
"""How the diagnostics of a bank of situations end: how much each situation is recalled."""

NOTES = (
    "Means over the jobs of a variant. Perplexity: how many prototypes are in use; as many as there are where all are "
    "used alike, 1 where one is used alone. Most used: the prototype with the largest weight in most windows.",
)


@dataclass(frozen=True)
class PrototypeUsage:
    """Hold how a variant uses the prototypes of a stream.

    Args:
        variant, stream: whose.
        prototypes: how many there are.
        perplexity: how many are in use, on average over jobs.
        share: the part of the windows whose largest weight is that of the most used prototype, on average over jobs.
        most_used: what the most used prototype of the first job stands for: an emotion, or a situation by its number
            among the sorted names of the training side.
    """

    variant: str
    stream: str
    prototypes: int
    perplexity: float
    share: float
    most_used: str


def build_usage_tables(run: Run) -> list[Table]:
    """Build a table for each study with the use of prototypes by its networks.

    Args:
        run: the run.

    Returns:
        The tables; empty where no network has a memory.
    """
    tables = []
    for study in run.studies:
        rows = [
            [
                usage.variant,
                usage.stream,
                str(usage.prototypes),
                f"{usage.perplexity:.1f}",
                usage.most_used,
                f"{usage.share:.0%}",
            ]
            for usage in prototype_usage(run, study)
        ]
        head = ["variant", "stream", "prototypes", "perplexity", "most used", "share of windows"]
        if rows:
            tables.append(Table(f"Use of prototypes, {describe_study(run, study)}", head, rows, NOTES))
    return tables


def warn_of_unused_prototypes(run: Run, study: StudyManifest) -> list[str]:
    """Warn where one prototype of a memory has the largest weight in more than half of the windows.

    Args:
        run: the run.
        study: one of its studies.

    Returns:
        A sentence for each such memory.
    """
    return [
        f"One prototype of the stream '{usage.stream}' of '{usage.variant}' ({usage.most_used}) has the largest weight "
        f"in {usage.share:.0%} of the windows, so this memory hardly tells windows apart."
        for usage in prototype_usage(run, study)
        if usage.share > LARGEST_SHARE and usage.prototypes > 1
    ]


def prototype_usage(run: Run, study: StudyManifest) -> Iterator[PrototypeUsage]:
    """Measure how the networks of a study use their prototypes.

    Args:
        run: the run.
        study: one of its studies.

    Yields:
        One entry for each variant and stream with a memory.
    """
    for variant in study.variants:
        if not run.is_network(variant):
            continue
        jobs = [folder / DIAGNOSTICS for folder in finished_folders(run.path, variant)]
        stored = [_read_weights(file) for file in jobs if file.is_file()]
        for stream in stored[0] if stored else ():
            weights = [found[stream] for found in stored if stream in found]
            yield _measure(variant, stream.removesuffix(SITUATIONS), weights, study, stream.endswith(SITUATIONS))


def _read_weights(file: Path) -> Mapping[str, Float[np.ndarray, "V _ _"]]:
    """Read the weights of the prototypes of every stream.

    Returns:
        Stream -> weights (V k m); stream and ``SITUATIONS`` -> (V c 1) where its prototypes stand for situations.
    """
    names = diagnostic_names(file)
    streams = [name.split(".")[1] for name in names if name.split(".")[::2] == ["streams", "weights"]]
    of_situations = {stream for stream in streams if f"streams.{stream}{SITUATIONS}" in names}
    wanted = {
        f"streams.{stream}{SITUATIONS}" if stream in of_situations else f"streams.{stream}.weights"
        for stream in sorted(streams)
    }
    return {
        name.removeprefix("streams.").removesuffix(".weights"): values[..., None] if values.ndim == 2 else values
        for name, values in read_arrays(file, sorted(wanted)).items()
    }


def _measure(
    variant: str, stream: str, weights: list[Float[np.ndarray, "V k m"]], study: StudyManifest, of_situations: bool
) -> PrototypeUsage:
    flat = [values.reshape(len(values), -1).astype(np.float64) for values in weights]
    counts = [np.bincount(values.argmax(1), minlength=values.shape[1]) for values in flat]
    perplexity = np.mean([_perplexity(values.mean(0)) for values in flat])
    share = np.mean([count.max() / count.sum() for count in counts])
    most, per_emotion = int(counts[0].argmax()), weights[0].shape[2]
    most_used = f"situation {most + 1}" if of_situations else study.labels[most // per_emotion]
    n = int((flat[0] > 0).any(0).sum()) if of_situations else flat[0].shape[1]
    return PrototypeUsage(variant, stream, n, float(perplexity), float(share), most_used)


def _perplexity(p: Float[np.ndarray, "n"]) -> float:
    from scipy.special import entr

    return float(np.exp(entr(p / p.sum()).sum()))
