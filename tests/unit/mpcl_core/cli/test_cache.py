"""``mpcl cache`` and what a run says of the cache."""

import hashlib
import json
import math
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mpcl_core.cli.main import main
from mpcl_core.data.cache import code_hash
from support.paths import ROOT
from support.small_runs import SMALL, numbers

QUICK = ROOT / "mpcl_core" / "recipes" / "described.yaml"
MEAN = [*SMALL[:3], "--set=estimator.use=mean"]


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of this test's own; no plugin was edited while the tests ran."""
    monkeypatch.setattr(code_hash, "IMPORT_TIME", math.inf)
    monkeypatch.setenv("MPCL_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def requested(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    capsys.readouterr()
    assert main(["cache", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    assert main(["cache", *arguments]) == 0
    return capsys.readouterr().out


def windows_from(run: Path) -> dict[str, Any]:
    (study,) = json.loads((run / "lock.json").read_text())["studies"]
    answer: dict[str, Any] = study["windows_from"]
    return answer


@pytest.mark.slow
def test_run_is_the_same_with_and_without_cache_and_reports_the_origin_of_its_windows(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = {}
    origins = {"first": "prepared and stored in the cache", "second": "from the cache"}
    for name in origins:
        runs[name] = tmp_path / name
        assert main(["run", str(QUICK), "--out", str(runs[name]), "--jobs=1", "--no-figures", *MEAN]) == 0
        key = windows_from(runs[name])["key"]
        assert f"windows, {origins[name]} ({key[:12]})" in capsys.readouterr().err
    assert windows_from(runs["first"]) == {"cache": False, "key": key}
    assert windows_from(runs["second"]) == {"cache": True, "key": key}
    monkeypatch.setenv("MPCL_CACHE", "/dev/null/nothing")
    assert main(["run", str(QUICK), "--out", str(tmp_path / "without"), "--jobs=1", "--no-figures", *MEAN]) == 0
    err = capsys.readouterr().err
    assert "The cache cannot store these windows, so they are prepared in memory: " in err
    assert "windows, prepared in memory" in err
    assert windows_from(tmp_path / "without") == {"cache": False, "key": None}
    assert numbers(runs["first"]) == numbers(runs["second"]) == numbers(tmp_path / "without")


@pytest.mark.slow
def test_run_takes_windows_that_check_has_cached(
    root: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["check", str(QUICK), *SMALL]) == 0
    assert "cannot" not in capsys.readouterr().err
    assert main(["run", str(QUICK), "--out", str(tmp_path / "run"), "--jobs=1", "--no-figures", *MEAN]) == 0
    assert windows_from(tmp_path / "run")["cache"]


@pytest.mark.slow
def test_empty_cache_is_reported_and_not_created(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert requested(capsys, "ls") == {"folder": str(root), "entries": []}
    assert f"0 entries of 0 bytes in {root}" in printed(capsys, "ls").replace("\n", "")
    assert requested(capsys, "gc") == {"removed": [], "left": [], "bytes": 0}
    (answer,) = requested(capsys, "why", str(QUICK), *SMALL)
    assert (answer["variants"], answer["cached"], answer["nearest"]) == (["main"], False, None)
    assert "There is no entry of this source." in printed(capsys, "why", str(QUICK), *SMALL)
    assert not root.exists(), "asking writes nothing"


@pytest.mark.slow
def test_entry_is_listed_explained_and_removed(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(QUICK), *SMALL]) == 0
    (entry,) = requested(capsys, "ls")["entries"]
    size = sum(path.stat().st_size for path in (root / "rows" / entry["key"]).iterdir())
    assert (entry["recipe"], entry["source"], entry["size"]) == ("described", "simulated", size)
    displayed = printed(capsys, "ls")
    for part in (entry["key"][:12], "described", "simulated", str(entry["rows"]), entry["made"][:10], "1 entry of "):
        assert part in displayed
    (answer,) = requested(capsys, "why", str(QUICK), *SMALL)
    assert (answer["cached"], answer["key"], answer["differences"]) == (True, entry["key"], [])
    assert f"main: cached ({entry['key'][:12]})" in printed(capsys, "why", str(QUICK), *SMALL)
    assert requested(capsys, "gc", "--days", "1", "--size", "1") == {"removed": [], "left": [], "bytes": 0}
    assert requested(capsys, "gc", "--size", "0") == {"removed": [entry["key"]], "left": [], "bytes": size}
    assert requested(capsys, "ls")["entries"] == []


@pytest.mark.slow
def test_why_names_what_differs_from_the_nearest_entry(capsys: pytest.CaptureFixture[str]) -> None:
    for sets in (["--set=source.seed=5", "--set=source.snr=0.5"], ["--set=source.seed=7"]):
        assert main(["check", str(QUICK), *SMALL, *sets]) == 0
    far, near = (entry["key"] for entry in requested(capsys, "ls")["entries"][::-1])
    (answer,) = requested(capsys, "why", str(QUICK), *SMALL)
    assert (answer["nearest"], far != near) == (near, True)
    assert answer["differences"] == [{"part": "source.seed", "here": 0, "there": 7}]
    displayed = printed(capsys, "why", str(QUICK), *SMALL)
    assert f"not cached ({answer['key'][:12]}). The nearest entry, {near[:12]}, differs in" in displayed
    assert displayed.split()[-3:] == ["source.seed", "0", "7"]


@pytest.mark.slow
def test_why_names_a_new_file(capsys: pytest.CaptureFixture[str], tmp_path: Path, data_dir: Path) -> None:
    (tmp_path / "people").mkdir()
    shutil.copy(data_dir / "dmer-emotiondict" / "data_feature_sample.mat", tmp_path / "people" / "1.mat")
    recipe = [str(ROOT / "mpcl_core" / "recipes" / "mpcl-dmer.yaml"), "--set", f"source.path={tmp_path / 'people'}"]
    assert main(["check", *recipe]) == 0
    (tmp_path / "people" / "notes.txt").write_text("read me")
    (answer,) = requested(capsys, "why", *recipe)
    sha256 = hashlib.sha256(b"read me").hexdigest()
    assert answer["differences"] == [{"part": "files.source.path.notes.txt", "here": sha256, "there": None}]
    assert sha256[:12] in printed(capsys, "why", *recipe)


@pytest.mark.slow
def test_why_groups_variants_that_share_their_windows(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "r.yaml").write_text(
        f"extends: {QUICK}\nname: r\nvariants: {{a: {{}}, b: {{dim: 8}}, c: {{source: {{seed: 3}}}}}}\n"
    )
    answers = requested(capsys, "why", str(tmp_path / "r.yaml"), *SMALL[:3])
    assert [answer["variants"] for answer in answers] == [["a", "b"], ["c"]]


def test_wrong_use_exits_with_2(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for arguments in (["gc", "--days", "-1"], ["gc", "--size", "much"], []):
        with pytest.raises(SystemExit) as stop:
            main(["cache", *arguments])
        assert stop.value.code == 2
    (tmp_path / "r.yaml").write_text("name: r\ntrian: 3\n")
    assert main(["cache", "why", str(tmp_path / "r.yaml")]) == 2
    assert "Did you mean 'train'?" in capsys.readouterr().err


def test_listing_and_clearing_import_neither_torch_nor_numpy() -> None:
    program = (
        "import sys; from mpcl_core.cli.main import main; main(['cache', 'ls']); main(['cache', 'gc', '--all']);"
        "print([name for name in ('torch', 'numpy', 'pydantic') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
