"""Summarise runs in a line each: what was run, when, how far it is, and how its first variant scores."""

import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from math import isnan, nan
from pathlib import Path
from typing import Any

from mpcl_core.evaluation.metrics import KL
from mpcl_core.evaluation.summary import score_variant
from mpcl_core.interfaces.errors import UserError
from mpcl_core.runs.layout import MANIFEST, is_partial
from mpcl_core.runs.manifest import StudyManifest
from mpcl_core.runs.reader import RunReader


@dataclass(frozen=True)
class RunOverview:
    """Hold a run in one line.

    Args:
        path: the run folder.
        name: the recipe's name.
        date: when its manifest was written, UTC, in seconds.
        grade: what the numbers of its first study may claim.
        variant: the recipe's first scored variant of this study; empty where nothing was scored.
        kl: mean KL of the variant over subjects, in nats; NaN where nothing was scored.
        low, high: its 95 % interval over subjects; NaN with fewer than three.
        mean_kl: KL of the baseline ``mean``; NaN where there is none.
        n_subjects: the number of tested subjects; 0 where unknown.
        n_done, n_jobs: finished jobs, and all jobs.
        size: bytes of all files.
        is_complete: whether the run has ended; else ``mpcl run --resume`` finishes it.
        fault: why the run cannot be read; empty where it can.
    """

    path: Path
    name: str
    date: datetime
    grade: str = ""
    variant: str = ""
    kl: float = nan
    low: float = nan
    high: float = nan
    mean_kl: float = nan
    n_subjects: int = 0
    n_done: int = 0
    n_jobs: int = 0
    size: int = 0
    is_complete: bool = False
    fault: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the fields as plain values.

        Returns:
            Field -> value; null for what does not exist.
        """
        plain = {**asdict(self), "path": str(self.path), "date": self.date.isoformat()}
        return {name: None if isinstance(value, float) and isnan(value) else value for name, value in plain.items()}


def find_runs(folder: Path) -> Iterator[Path]:
    """Yield the run folders below a folder, at any depth.

    Args:
        folder: the folder; a run folder itself is the only run found.

    Yields:
        The run folders, sorted by path.
    """
    if (folder / MANIFEST).is_file():
        yield folder
        return
    with os.scandir(folder) as entries:
        below = sorted(Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False))
    for path in below:
        yield from find_runs(path)


def summarise_run(path: Path) -> RunOverview:
    """Summarise a run; only its first study is scored, and of it one variant and the train mean.

    Args:
        path: the run folder.

    Returns:
        The overview; of a damaged run with its fault.
    """
    date = datetime.fromtimestamp((path / MANIFEST).stat().st_mtime, UTC).replace(microsecond=0)
    size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    try:
        return _summarise(RunReader(path), date, size)
    except UserError as error:
        return RunOverview(path, path.name, date, size=size, fault=str(error).partition("\n")[0])


def _summarise(run: RunReader, date: datetime, size: int) -> RunOverview:
    names = [name for study in run.studies for name in study.variants]
    n_done = sum(len(run.finished_jobs(name)) for name in names)
    n_jobs = sum(1 for _ in run.manifest.jobs())
    counts = {"n_done": n_done, "n_jobs": n_jobs, "size": size, "is_complete": not is_partial(run.path)}
    study = run.studies[0]
    own = [name for name in study.variants if name in run.own_variants]
    scored = next((name for name in [*own, *study.variants] if run.finished_jobs(name)), "")
    numbers = _scores(run, study, scored)
    mean = next((name for name in study.variants if name == "mean" or name.endswith(".mean")), "")
    mean_kl = _scores(run, study, mean).get("kl", nan)
    return RunOverview(
        run.path,
        run.name,
        date,
        study.grade,
        scored,
        **numbers,
        mean_kl=mean_kl,
        **counts,  # type: ignore[arg-type]
    )


def _scores(run: RunReader, study: StudyManifest, variant: str) -> dict[str, Any]:
    seeds = [found for _, found in run.seed_predictions(variant)] if variant else []
    if not seeds:
        return {}
    score = next(score for score in score_variant(variant, study.grade, seeds)[1] if score.metric == KL)
    return {"kl": score.mean, "low": score.low, "high": score.high, "n_subjects": score.n_subjects}
