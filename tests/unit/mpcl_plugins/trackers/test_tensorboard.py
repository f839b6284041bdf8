"""The tracker of TensorBoard writes what TensorBoard reads."""

from pathlib import Path

import pytest

from mpcl_core.interfaces.data import Job
from support.trackers import found, play


@pytest.fixture
def job(tmp_path: Path) -> Job:
    folder = tmp_path / "20260101T000000Z-abc.partial" / "jobs" / "main" / "0" / "s01"
    folder.mkdir(parents=True)
    return Job("main", 0, "s01", folder)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of TensorBoard's own reader
def test_tensorboard_reads_what_was_written(job: Job) -> None:
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.backend.event_processing.io_wrapper import IsTensorFlowEventsFile

    play(found("tensorboard").manager.hook, job)
    files = sorted((job.folder / "tensorboard").iterdir())
    assert len(files) == 2, "the search and the refit"
    assert all(IsTensorFlowEventsFile(str(file)) for file in files)
    read: dict[str, list[tuple[int, float]]] = {}
    for file in files:
        events = EventAccumulator(str(file)).Reload()
        read |= {tag: [(e.step, e.value) for e in events.Scalars(tag)] for tag in events.Tags()["scalars"]}
    assert read["search/validation_kl"] == [(i, pytest.approx(1 / (i + 1))) for i in range(4)]
    assert read["refit/loss"] == [(1, 0.75)]
    assert read["test/kl_divergence"] == [(0, 0.125)]
    assert not [tag for tag in read if tag.endswith(("/of", "/phase"))]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_run_has_its_scores_and_a_figure(job: Job) -> None:
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    hook, run = found("tensorboard").manager.hook, job.folder.parents[3]
    row = {"variant": "main", "metric": "kl_divergence", "mean": 0.5, "low": 0.25, "high": None}
    hook.mpcl_job_started(job=job, network=None, recipe={"dim": 8})
    hook.mpcl_run_ended(folder=run, results=[{"grade": "leaky", "rows": [row, {**row, "metric": "cosine"}]}])
    events = EventAccumulator(str(run / "tensorboard")).Reload()
    assert events.Scalars("main/kl_divergence/low")[0].value == 0.25
    assert events.Images("scores")[0].encoded_image_string.startswith(b"\x89PNG")
    settings = EventAccumulator(str(job.folder / "tensorboard")).Reload().summary_metadata
    assert settings["_hparams_/session_start_info"].plugin_data.plugin_name == "hparams"
