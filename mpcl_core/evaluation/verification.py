"""Whether a run folder is whole, and its numbers are those of the predictions that it keeps."""

import csv
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from yaml import YAMLError

from mpcl_core.evaluation.compare import compare
from mpcl_core.evaluation.metrics import METRICS, micro_mean, window_scores
from mpcl_core.evaluation.summary import Row
from mpcl_core.interfaces.errors import DataError, UsageError
from mpcl_core.runs import predictions
from mpcl_core.runs.reader import Run

TOLERANCE = 1e-12
"""By how much a number that is computed again may differ."""

UNREADABLE = (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error)

KEPT = (*predictions.FIELDS, "window")


@dataclass(frozen=True)
class Damage:
    """What is wrong with a file of a run folder."""

    file: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}: {self.what}"


@dataclass(frozen=True)
class Stored:
    """A job that a run should hold.

    Args:
        folder: where.
        network: it leaves weights.
        number: which column numbers its rows, ``window`` or ``row``.
        rows: its test rows as (subject, trial, number), sorted.
    """

    folder: Path
    network: bool
    number: str
    rows: tuple[tuple[str, str, int], ...]


def jobs(run: Run) -> Iterator[Stored]:
    """Every job of a run by its ``splits.json``, whether or not it ended well.

    Raises:
        OSError, ValueError, KeyError, TypeError: a file is missing or damaged.
    """
    seeds = predictions.lock(run.folder)["seeds"]
    for study in json.loads((run.folder / "splits.json").read_text(encoding="utf-8"))["studies"]:
        folds = [(fold["label"], tuple(sorted(_tested(fold["rows"])))) for fold in study["folds"]]
        for variant in study["variants"]:
            network = run.trains(variant)
            for seed in seeds if network else seeds[:1]:
                for label, rows in folds:
                    folder = run.folder / "jobs" / variant / str(seed) / label
                    yield Stored(folder, network, study["numbered_by"], rows)


def complete(folder: Path) -> bool:
    """Whether every job of a run has left predictions."""
    try:
        return all((job.folder / "predictions.npz").is_file() for job in jobs(Run(folder)))
    except (*UNREADABLE, YAMLError, UsageError):
        return False


def newest(runs: Path, text: str) -> Path | None:
    """The run that stands for a recipe: of those in a folder, whose names are their times, the last complete one.

    Args:
        runs: the folder of the recipe's runs; it need not be there.
        text: the resolved recipe, which is that of the run.
    """
    kept = sorted(path.parent for path in runs.glob("*/recipe.yaml"))
    same = (run for run in reversed(kept) if run.suffix != ".partial" and (run / "recipe.yaml").read_text() == text)
    return next(filter(complete, same), None)


def flaws(folder: Path) -> Iterator[Damage]:
    """What is missing or damaged, and every number that its predictions do not bear out.

    Args:
        folder: a run; its lock can be read.
    """
    try:
        found = list(jobs(Run(folder)))
    except (*UNREADABLE, YAMLError) as error:
        yield Damage("splits.json, recipe.yaml", f"cannot be read, so that no job is looked at: {_said(error)}")
        return
    sound = True
    for job in found:
        for file, what in _of_job(job):
            sound = False
            yield Damage(str((job.folder / file).relative_to(folder)), what)
    if sound:
        yield from (Damage("summary.csv", what) for what in _of_summary(folder))


def _tested(rows: Mapping[str, Mapping[str, Mapping[str, str]]]) -> Iterator[tuple[str, str, int]]:
    for subject, trials in rows.items():
        for trial, windows in trials.items():
            for window, side in windows.items():
                if "test" in side.split("+"):
                    first, _, last = window.partition("-")
                    yield from ((subject, trial, number) for number in range(int(first), int(last or first) + 1))


def _of_job(job: Stored) -> Iterator[tuple[str, str]]:
    file = job.folder / "predictions.npz"
    if not file.is_file():
        yield "predictions.npz", "is not there; the job did not end well, see its job.log"
        return
    try:
        yield from _of_predictions(job, predictions.arrays(file, KEPT))
    except (*UNREADABLE, DataError) as error:
        yield file.name, f"cannot be read: {_said(error)}"
    try:
        float(json.loads((job.folder / "cost.json").read_text())["seconds"])
    except UNREADABLE as error:
        yield "cost.json", f"cannot be read: {_said(error)}"
    if job.network:
        if said := _of_weights(job.folder / "checkpoint" / "weights.safetensors"):
            yield "checkpoint/weights.safetensors", said
        if said := _of_views(job.folder / "diagnostics.npz"):
            yield "diagnostics.npz", said


def _of_predictions(job: Stored, kept: Mapping[str, np.ndarray]) -> Iterator[tuple[str, str]]:
    rows = zip(kept["subject"].tolist(), kept["trial"].tolist(), kept[job.number].tolist(), strict=True)
    if tuple(sorted(rows)) != job.rows:
        yield "predictions.npz", f"holds other rows ({len(kept['row'])}) than its fold tests ({len(job.rows)})"
    now = micro_mean(window_scores(kept["D"], kept["D_pred"]).by_metric, kept["weight"])
    try:
        lines = [json.loads(line) for line in (job.folder / "metrics.jsonl").read_text().splitlines()]
        then = next(line for line in reversed(lines) if line.get("phase") == "test")
    except (*UNREADABLE, StopIteration) as error:
        yield "metrics.jsonl", f"has no line of the test that can be read: {_said(error)}"
        return
    for metric in METRICS:
        if not _equal(then.get(metric), now[metric]):
            yield "metrics.jsonl", f"{metric} is {then.get(metric)}, but {now[metric]} by the predictions"


def _of_views(file: Path) -> str:
    try:
        predictions.arrays(file)
    except UNREADABLE as error:
        return f"cannot be read: {_said(error)}"
    return ""


def _of_weights(file: Path) -> str:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(file, "np") as tensors:
            for name in tensors.keys():  # noqa: SIM118
                tensors.get_tensor(name)
    except (*UNREADABLE, SafetensorError) as error:
        return f"cannot be read: {_said(error)}"
    return ""


def _of_summary(folder: Path) -> Iterator[str]:
    try:
        with (folder / "summary.csv").open(newline="", encoding="utf-8") as file:
            then = {(str(line["variant"]), str(line["metric"])): line for line in csv.DictReader(file)}
    except UNREADABLE as error:
        yield f"cannot be read: {_said(error)}"
        return
    now = {(row.variant, row.metric): row for result in compare([folder]) for row in result.rows}
    for name in dict.fromkeys([*then, *now]):
        if name not in then or name not in now:
            yield f"{' '.join(name)}: {'nothing' if name not in then else 'a line'} there, " + (
                "but there are predictions" if name in now else "but no predictions"
            )
        else:
            yield from (f"{' '.join(name)}: {what}" for what in _of_row(then[name], now[name]))


def _of_row(then: Mapping[str, str], now: Row) -> Iterator[str]:
    for field, value in asdict(now).items():
        kept = then.get(field) or ""
        same = kept == value if isinstance(value, str) else _equal(_number(kept), float(value))
        if not same:
            yield f"{field} is {kept or 'empty'}, but {value} by the predictions"


def _equal(then: Any, now: float) -> bool:
    if not isinstance(then, int | float):
        return False
    return bool(np.isclose(then, now, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True))


def _number(text: str) -> float | None:
    try:
        return float(text or "nan")
    except ValueError:
        return None


def _said(error: BaseException) -> str:
    text = str(error).partition("\n")[0]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
