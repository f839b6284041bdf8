"""Runs whose files were damaged, or for which the disk was full: one message, and what can be made is made again."""

import errno
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from matplotlib.backends.backend_svg import FigureCanvasSVG

from mpcl_core.cli.main import main
from mpcl_core.runs.folder import RunFolder
from mpcl_core.runs.journal import Journal
from mpcl_core.runs.shard import WHOLE
from mpcl_core.training import checkpoint
from mpcl_core.training.checkpoint import Checkpoint
from support.paths import ROOT
from support.resumed_runs import weights
from support.small_runs import SMALL, numbers

QUICK = ROOT / "mpcl_core" / "recipes" / "described.yaml"


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("finished") / "run"
    assert main(["run", str(QUICK), f"--out={out}", "--jobs=1", "--no-figures", *SMALL]) == 0
    return out


@pytest.fixture
def run(finished: Path, tmp_path: Path) -> Path:
    """A copy, to be damaged."""
    return Path(shutil.copytree(finished, tmp_path / "run"))


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 255
    path.write_bytes(content)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "half": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "gone": lambda path: path.unlink(),
}


@pytest.mark.slow
@pytest.mark.parametrize("damage", DAMAGES)
def test_resume_repeats_job_with_damaged_file(finished: Path, run: Path, damage: str) -> None:
    for number, file in enumerate(("cost.json", "metrics.jsonl", "predictions.npz")):
        DAMAGES[damage](sorted((run / "jobs").glob(f"*/0/*/{file}"))[number])
    assert main(["run", "--resume", str(run), "--jobs=1", "--no-figures"]) == 0
    assert numbers(run) == numbers(finished)
    assert main(["verify", str(run)]) == 0


@pytest.mark.slow
def test_resume_repeats_job_with_flipped_bit(finished: Path, run: Path) -> None:
    flipped(next((run / "jobs" / "main").rglob("predictions.npz")))
    assert main(["run", "--resume", str(run), "--jobs=1", "--no-figures"]) == 0
    assert numbers(run) == numbers(finished)


@pytest.mark.slow
def test_verify_reports_missing_diagnostics_and_damaged_costs(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    next((run / "jobs" / "main").rglob("diagnostics.npz")).unlink()
    next((run / "jobs" / "main").rglob("cost.json")).write_text("{")
    capsys.readouterr()
    assert main(["verify", str(run)]) == 1
    said = capsys.readouterr().out
    assert "diagnostics.npz: cannot be read: FileNotFoundError" in said
    assert "cost.json: cannot be read: JSONDecodeError" in said


@pytest.mark.slow
@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("verb", [["run", "--resume"], ["compare"], ["verify"]], ids=lambda verb: verb[0])
def test_damaged_manifest_prints_one_message(
    run: Path, verb: list[str], damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    DAMAGES[damage](run / "lock.json")
    capsys.readouterr()
    assert main([*verb, str(run)]) in (1, 2)
    (line,) = capsys.readouterr().err.splitlines()
    assert "lock.json" in line


@pytest.mark.slow
def test_each_damaged_file_prints_one_message(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (run / "summary.csv").open("a") as file:
        file.write("tamper\n")
    next((run / "jobs" / "mean").rglob("predictions.npz")).write_text("x")
    capsys.readouterr()
    assert main(["compare", str(run)]) == 2
    assert "is not an archive of arrays" in capsys.readouterr().err
    assert main(["verify", str(run)]) == 1
    assert (
        "predictions.npz: cannot be read: BadZipFile: predictions.npz is not an archive of arrays"
        in capsys.readouterr().out
    )
    assert main(["run", "--resume", str(run), "--jobs=1", "--no-figures"]) == 0
    with (run / "summary.csv").open("a") as file:
        file.write("tamper\n")
    assert main(["verify", str(run)]) == 1
    assert "tamper None: a line, although there are no predictions" in capsys.readouterr().out


@pytest.mark.slow
def test_resume_reports_changed_predictions_of_a_complete_run(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = next((run / "jobs" / "main").rglob("predictions.npz"))
    arrays = dict(np.load(file))
    np.savez(file, **{**arrays, "D_pred": arrays["D_pred"][::-1]})
    capsys.readouterr()
    assert main(["run", "--resume", str(run), "--jobs=1", "--no-figures"]) == 1
    answer = capsys.readouterr()
    assert "by the predictions" in answer.err
    assert not answer.out


@pytest.mark.slow
def test_verify_refuses_partial_run(finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(finished, tmp_path / "run.partial")
    assert main(["verify", str(tmp_path / "run.partial")]) == 2
    assert f"finish it with 'mpcl run --resume {tmp_path / 'run'}'" in capsys.readouterr().err


def test_folder_of_a_running_process_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = RunFolder(tmp_path / "run")
    folder.make("name: x\n", [])
    with folder.claimed(WHOLE):
        assert main(["run", str(QUICK), f"--out={folder.folder}", "--jobs=1", "--no-figures", *SMALL]) == 2
    assert "is being run by another process" in capsys.readouterr().err
    assert main(["run", str(QUICK), f"--out={folder.folder}", "--jobs=1", "--no-figures", *SMALL]) == 2
    assert "was left by a run that was stopped" in capsys.readouterr().err


@pytest.mark.slow
def test_json_without_intervals_is_valid(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = [f"--out={tmp_path / 'run'}", "--jobs=1", "--no-figures", *SMALL[1:], "--set=source.subjects=2", "--json"]
    assert main(["run", str(QUICK), *options]) == 0
    answer = json.loads(capsys.readouterr().out, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert answer["rows"][0]["low"] is None


@pytest.mark.slow
def test_resume_accepts_current_folder(
    finished: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(finished)
    assert main(["run", "--resume", "."]) == 0
    assert "is complete" in capsys.readouterr().err


@pytest.mark.parametrize("damage", [flipped, DAMAGES["empty"], DAMAGES["half"]], ids=["flipped", "empty", "half"])
def test_damaged_checkpoint_is_ignored(
    damage: Callable[[Path], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint, "EVERY", 0.0)
    made = Checkpoint(tmp_path / "c" / "training.pt", Journal(tmp_path / "metrics.jsonl"))
    made.journal.line({"epoch": 1})
    made.save_if_due(lambda: {"epochs": 1})
    made.journal.line({"epoch": 2})
    made.journal.write()
    assert made.load() == {"epochs": 1}
    assert (tmp_path / "metrics.jsonl").read_text() == '{"epoch": 1}\n'
    damage(made.path)
    assert made.load() is None
    assert (tmp_path / "metrics.jsonl").read_text() == ""


def test_checkpoint_without_journal_is_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint, "EVERY", 0.0)
    made = Checkpoint(tmp_path / "c" / "training.pt", Journal(tmp_path / "metrics.jsonl"))
    made.journal.line({"epoch": 1})
    made.save_if_due(lambda: {"epochs": 1})
    made.journal.path.unlink()
    assert made.load() is None


@pytest.mark.slow
def test_run_interrupted_by_full_disk_can_be_resumed(
    finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    shutil.copytree(finished, tmp_path / "run.partial")

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(FigureCanvasSVG, "print_svg", full)
        assert main(["run", "--resume", str(run), "--jobs=1"]) == 1
        assert "The disk is full" in capsys.readouterr().err
    assert not run.exists()
    assert main(["run", "--resume", str(run), "--jobs=1"]) == 0
    assert (run / "report.html").exists()
    assert weights(run) == weights(finished)
