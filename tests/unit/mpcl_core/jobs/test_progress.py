"""Progress lines, and the table of a terminal."""

import io
import json
from pathlib import Path

from rich.console import Console

from mpcl_core.interfaces.data import Job
from mpcl_core.jobs.execution import JobOutcome
from mpcl_core.jobs.progress import Progress, ProgressDisplay


def job(folder: Path, fold: str, **line: object) -> Job:
    """Return a job whose journal holds one line."""
    place = folder / fold
    place.mkdir()
    (place / "metrics.jsonl").write_text(json.dumps(line) + "\n" + '{"incomplete')
    return Job("net", 0, fold, place)


def displayed(progress: Progress) -> str:
    console = Console(file=io.StringIO(), width=120)
    console.print(progress._render())
    return console.file.getvalue()  # type: ignore[attr-defined]


def test_lines_name_the_job_its_result_and_the_time_left(tmp_path: Path) -> None:
    jobs = [job(tmp_path, "a", epochs=3), job(tmp_path, "b")]
    lines: list[str] = []
    with Progress(jobs, 1, 1, ProgressDisplay(lines.append)) as progress:
        progress.on_job_ended(JobOutcome(jobs[0], {"kl_divergence": 0.25}, 2.0))
        progress.on_job_ended(JobOutcome(jobs[1], {}, 2.0, "no windows"))
    first, second = lines
    assert first == "[2/3] net seed 0 fold a: KL 0.2500, 3 epochs; about 2 s left"
    assert second.startswith("[3/3] net seed 0 fold b: no windows; ")
    assert second.endswith("s in all")


def test_one_epoch_is_singular(tmp_path: Path) -> None:
    lines: list[str] = []
    one = job(tmp_path, "a", epochs=1)
    with Progress([one], 0, 1, ProgressDisplay(lines.append)) as progress:
        progress.on_job_ended(JobOutcome(one, {"kl_divergence": 0.25}, 2.0))
    assert ", 1 epoch;" in lines[0]


def test_table_shows_the_last_complete_line_of_each_journal(tmp_path: Path) -> None:
    line = {"epoch": 2, "of": 12, "phase": "search", "loss": 0.5, "validation_kl": 0.125, "seconds": 1.0, "cohort": 3}
    table = displayed(Progress([job(tmp_path, "a", **line)], 0, 1, ProgressDisplay(print)))
    assert "search" in table
    assert "2/12" in table
    assert "0.5000" in table
    assert "0.1250" in table
    assert "< 30 s" in table, "a second is the job's share of a step of three jobs"
    assert "0 of 1 jobs, 0 failed" in table
