"""Write event files for TensorBoard (``mpcl[tensorboard]``), in the folder ``tensorboard`` of each job.

``tensorboard --logdir runs`` shows every loss of every job while it runs, by phase (``search/loss``,
``search/validation_kl``, ``refit/loss`` …), and the metrics over its test windows at the end (``test/kl_divergence``
…).

The recipe of each job's variant appears under HPARAMS, beside its metrics. When the run ends, its folder
``tensorboard`` gets the means over people with their intervals as scalars, and a figure of them.

A record is appended when it happens and the file is closed again: nothing waits in a thread, nothing is lost with a
job that is killed, and a job that starts again begins a file of its own.
"""

import io
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.plugins.hparams.summary_v2 import hparams_pb
from tensorboard.summary.writer.record_writer import RecordWriter

from mpcl_core.plugin import Job, hookimpl
from mpcl_plugins.trackers._finished_run import score_metrics
from mpcl_plugins.trackers._recipe import flat_recipe


@hookimpl
def mpcl_job_started(job: Job, recipe: Mapping[str, Any]) -> None:
    file = _new_file(_folder(job))
    settings = {"variant": job.variant, "seed": str(job.seed), "fold": job.fold, **flat_recipe(recipe)}
    _append(
        file,
        Event(summary=Summary.FromString(hparams_pb(settings, "/".join(job.folder.parts[-3:])).SerializeToString())),
    )


@hookimpl
def mpcl_epoch_ended(job: Job, epoch: int, metrics: Mapping[str, int | float | str]) -> None:
    of = metrics["phase"]
    _append(_latest(job), _scalars(epoch, {f"{of}/{name}": value for name, value in metrics.items() if name != "of"}))


@hookimpl
def mpcl_job_ended(job: Job, metrics: Mapping[str, float]) -> None:
    _append(_latest(job), _scalars(0, {f"test/{name}": value for name, value in metrics.items()}))


@hookimpl
def mpcl_run_ended(folder: Path, results: Sequence[Mapping[str, Any]]) -> None:
    file = _new_file(folder / "tensorboard")
    _append(file, _scalars(0, score_metrics(results)))
    image = Summary.Image(colorspace=4, encoded_image_string=_figure(results))
    _append(file, Event(summary=Summary(value=[Summary.Value(tag="scores", image=image)])))


def _figure(results: Sequence[Mapping[str, Any]]) -> bytes:
    """Draw the means over people with their intervals, a panel for each metric.

    Returns:
        The figure in the format PNG.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rows = [row for result in results for row in result["rows"]]
    metrics, variants = (list(dict.fromkeys(row[key] for row in rows)) for key in ("metric", "variant"))
    figure = Figure(figsize=(3 * len(metrics), 1 + 0.3 * len(variants)), layout="constrained")
    for axes, metric in zip(figure.subplots(1, len(metrics), sharey=True, squeeze=False)[0], metrics, strict=True):
        axes.set_title(metric)
        for row in (row for row in rows if row["metric"] == metric):
            ends = [row["mean"] if row[end] is None else row[end] for end in ("low", "high")]
            axes.plot(ends, [row["variant"]] * 2, color="C0")
            axes.plot(row["mean"], row["variant"], "o", color="C0")
    content = io.BytesIO()
    canvas: Any = FigureCanvasAgg(figure)
    canvas.print_png(content)
    return content.getvalue()


def _new_file(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / f"events.out.tfevents.{time.time_ns()}.mpcl"
    _append(file, Event(file_version="brain.Event:2"))
    return file


def _folder(job: Job) -> Path:
    return job.folder / "tensorboard"


def _latest(job: Job) -> Path:
    return max(_folder(job).iterdir())


def _scalars(step: int, values: Mapping[str, int | float | str]) -> Event:
    numbers = {tag: float(value) for tag, value in values.items() if not isinstance(value, str)}
    return Event(
        step=step, summary=Summary(value=[Summary.Value(tag=tag, simple_value=numbers[tag]) for tag in numbers])
    )


def _append(path: Path, event: Event) -> None:
    event.wall_time = time.time()
    with path.open("ab") as file:
        RecordWriter(file).write(event.SerializeToString())
