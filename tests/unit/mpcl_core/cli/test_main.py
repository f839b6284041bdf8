"""The command line as a user meets it."""

import argparse
import errno
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

from mpcl_core.cli.main import VERBS, main, parser
from support.broken_recipes import BROKEN, Broken
from support.paths import ROOT

QUICK = str(ROOT / "mpcl_core" / "recipes" / "described.yaml")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("verb", "broken"),
    [("check", broken) for broken in BROKEN] + [("run", broken) for broken in BROKEN[::8]],  # read by the same code
    ids=lambda value: getattr(value, "name", value),
)
def test_broken_recipe_prints_its_faults(
    verb: str, broken: Broken, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = broken.write(Path())
    before = sorted(tmp_path.rglob("*"))
    assert main([verb, str(path), *(f"--set={text}" for text in broken.sets)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err
    for part in (broken.place, *broken.fragments):
        assert part in err
    faults = re.sub(r"Importing .*, a plugin file of the recipe\n", "", err)
    assert re.match(r"(recipe|base|more|--set\S*|.*\.ya?ml):\d+:\d+: ", faults), err
    assert sorted(tmp_path.rglob("*")) == before, "nothing is written"


def mpcl(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "mpcl_core", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


def test_module_runs_as_a_program(tmp_path: Path) -> None:
    (tmp_path / "r.yaml").write_text("name: x\ntrian: 3\n")
    done = mpcl("check", "r.yaml")
    assert done.returncode == 2
    assert "r.yaml:2:1: trian: no such key. Did you mean 'train'?" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_terminal_that_lacks_characters_shows_others() -> None:
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = mpcl("show", "msaf", **ascii_only)
    assert done.returncode == 0
    assert done.stderr == ""
    assert done.stdout.isascii()
    assert "?" in done.stdout


HELP = [[], *([verb] for verb in VERBS), ["new", "plugin"], ["cache", "why"]]


@pytest.mark.parametrize("verb", HELP, ids=" ".join)
def test_help_shows_every_option(verb: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main([*verb, "--help"])
    assert stop.value.code == 0
    assert "Usage: mpcl" in capsys.readouterr().out


def parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for child in action.choices.values():
                yield from parsers(child)


def test_no_option_loses_values_when_it_is_repeated() -> None:
    options = [option for each in parsers(parser()) for option in each._actions if option.option_strings]
    several = [option for option in options if option.nargs == "+"]
    lossy = [option.option_strings for option in several if not isinstance(option, argparse._ExtendAction)]
    assert len(options) > 100
    assert lossy == []


@pytest.mark.parametrize(
    "words",
    [
        ["MODEL", "INPUT", "--out", "FILE", "--rate", "eeg=64"],
        ["MODEL", "--out", "FILE", "INPUT", "--rate", "eeg=64"],
        ["--out", "FILE", "MODEL", "--rate", "eeg=64", "INPUT"],
    ],
)
def test_arguments_stand_on_any_side_of_the_options(words: list[str]) -> None:
    found = parser().parse_args(["export", *words])
    assert [str(value) for value in (found.model, found.input, found.out)] == ["MODEL", "INPUT", "FILE"]
    assert found.rates == [("eeg", 64.0)]


def test_runs_to_compare_stand_on_any_side_of_the_options() -> None:
    assert parser().parse_args(["compare", "a.yaml", "--metric", "cosine", "b.yaml"]).runs == ["a.yaml", "b.yaml"]


def test_wrong_option_exits_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["run", QUICK, "--jobs", "0"])
    assert stop.value.code == 2
    assert "expected a whole number from 1, got '0'" in capsys.readouterr().err


def test_list_names_installed_components(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "protocol", "--json"]) == 0
    names = {row["name"] for row in json.loads(capsys.readouterr().out)["components"]}
    assert {"loso", "kfold", "predefined"} <= names
    assert main(["list"]) == 0
    assert "mpcl_plugins.fusions" in capsys.readouterr().out
    assert main(["list", "nonsense"]) == 2


def test_list_names_plugins_that_did_not_load(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "broken.py").write_text("raise RuntimeError('boom')")
    assert main(["list", "fusion", "--plugin", "broken.py"]) == 0
    assert "broken.py(RuntimeError:boom,line1)" in "".join(capsys.readouterr().out.split())


def test_show_a_component(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "prototype_bank"]) == 0
    shown = capsys.readouterr().out
    for part in ("per_emotion", "tau", "0.1", "2602.20530", "prototype_bank.py"):
        assert part in shown
    assert main(["show", "nothing_of_that_name"]) == 2


def test_show_a_recipe_and_a_difference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "other.yaml").write_text(f"extends: {QUICK}\nname: other\ntrain: {{lr: 0.5}}\n")
    assert main(["show", "other.yaml", "--json"]) == 0
    rows = {row["key"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["train.lr"] == {"key": "train.lr", "value": 0.5, "from": "other.yaml:3:13"}
    assert rows["train.clip"]["from"] == "default"
    assert main(["show", QUICK, "other.yaml", "--json"]) == 0
    (change,) = json.loads(capsys.readouterr().out)
    assert change == {"key": "train.lr", "first": 0.001, "second": 0.5}


def test_seeds_and_variants_are_a_difference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    variants = "variants:\n  full: {}\n  same: {}\n  no_pcl: {objectives: {pcl: null}}\n"
    (tmp_path / "one.yaml").write_text(f"extends: {QUICK}\nname: one\nseeds: [0, 1]\n{variants}")
    (tmp_path / "two.yaml").write_text(f"extends: {QUICK}\nname: two\nseeds: [0]\n")
    assert main(["show", "one.yaml", "two.yaml", "--json"]) == 0
    rows = {row["key"]: (row["first"], row["second"]) for row in json.loads(capsys.readouterr().out)}
    assert rows.pop("seeds") == ([0, 1], [0])
    assert rows.pop("variants.same") == ("(as full)", None)
    assert rows
    assert all(key.startswith("variants.no_pcl.objectives.pcl") for key in rows)
    assert set(rows.values()) == {("(removed)", None)}


def test_seeds_removals_and_equal_variants_have_the_place_that_states_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    variants = "variants:\n  full: {}\n  same: {}\n  no_pcl: {objectives: {pcl: null}}\n"
    (tmp_path / "one.yaml").write_text(f"extends: {QUICK}\nname: one\nseeds: [0, 1]\n{variants}")
    (tmp_path / "three.yaml").write_text(
        "name: three\nsource: {use: simulated}\nprepare: [{use: window, length: 4.0}]\n"
        "protocol: {use: loso}\nestimator: {use: mean}\n"
    )
    assert main(["show", "one.yaml", "--json"]) == 0
    origins = {row["key"]: row["from"] for row in json.loads(capsys.readouterr().out)}
    assert origins["seeds"] == "one.yaml:3:8"
    assert origins["variants.same"] == "one.yaml:6:9"
    removed = {place for key, place in origins.items() if key.startswith("variants.no_pcl.objectives.pcl")}
    assert removed == {"one.yaml:7:11"}
    assert main(["show", "three.yaml", "--json"]) == 0
    origins = {row["key"]: row["from"] for row in json.loads(capsys.readouterr().out)}
    assert origins["seeds"] == "default"


@pytest.mark.slow
def test_schema_overwrites_only_a_schema(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.yaml").write_text("name: mine\n")
    assert main(["schema", "--out", "mine.yaml"]) == 2
    assert "exists and is no schema" in capsys.readouterr().err
    assert (tmp_path / "mine.yaml").read_text() == "name: mine\n"
    assert main(["schema", "--out", "recipe.schema.json"]) == 0


def test_windows_too_large_for_memory_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    many = "prepare=[{use: window, length: 1.0e9, hop: 1.0e9}]"
    assert main(["check", QUICK, "--set", many]) == 2
    assert "two windows do not fit into memory: " in capsys.readouterr().err


def test_check_reports_network_windows_and_jobs(capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--set", "source.subjects=3", "--set", "source.trials=3"]
    assert main(["check", QUICK, "--json", *options]) == 0
    answer = json.loads(capsys.readouterr().out)
    (study,) = answer["studies"]
    assert (study["subjects"], study["folds"], study["grade"]) == (3, 3, "subject-independent")
    assert study["variants"] == ["uniform", "mean", "knn", "main"]
    assert all(" is absent in " in note for note in study["notes"])
    assert answer["jobs"] == 12
    assert answer["networks"]["main"] > 1000
    assert not list(Path().iterdir()), "check writes nothing"


def test_check_reports_absent_modalities(capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--set", "source.subjects=3", "--set", "source.trials=3", "--set", "source.missing=0.9"]
    assert main(["check", QUICK, *options]) == 0
    assert " is absent in " in capsys.readouterr().out


@pytest.mark.parametrize("verb", ["check", "run"])
def test_protocol_that_cannot_split_the_data_is_refused(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("r.yaml").write_text(
        f"extends: {QUICK}\nname: r\nprotocol: {{use: loso}}\nsource: {{subjects: 1, trials: 2}}\n"
    )
    assert main([verb, "r.yaml"]) == 2
    err = capsys.readouterr().err
    assert "r.yaml:3:1: protocol: 'loso' cannot split these windows: " in err or "r.yaml:3:" in err
    assert "Traceback" not in err


def test_missing_data_file_is_named(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recipe = str(ROOT / "mpcl_core" / "recipes" / "mpcl-dmer.yaml")
    assert main(["check", recipe, "--set", "source.path=nothing.mat"]) == 1
    err = capsys.readouterr().err
    assert "nothing.mat" in err
    assert "Traceback" not in err
    assert err.count("\n") <= 2


def test_version_is_that_of_the_distribution(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["--version"])
    assert stop.value.code == 0
    assert capsys.readouterr().out == f"mpcl {metadata.version('mpcl')}\n"


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_the_program_name_mpcl(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([verb, "--no-such-option"])
    assert "mpcl" in capsys.readouterr().err.splitlines()[0]


def test_option_patches_an_entry_of_a_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "mpcl", "--set", "prepare.0.length=3", "--json"]) == 0
    rows = {row["key"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["prepare[0].length"]["value"] == 3
    assert rows["prepare[0].length"]["from"] == "--set:1:18"
    assert rows["prepare[0].hop"]["value"] == 2.0


@pytest.mark.parametrize(("error", "cause"), [(MemoryError, "not enough memory"), (RecursionError, "nested too deep")])
def test_what_the_process_lacks_is_one_message(
    error: type[Exception], cause: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: object) -> int:
        raise error

    monkeypatch.setattr("mpcl_core.cli.doctor.run", fail)
    assert main(["doctor"]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert cause in lines[0]


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "o.csv"), "o.csv: No space left on device\n"),
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device\n"),
        (OSError(errno.EROFS, "Read-only file system", "o.csv"), "o.csv: Read-only file system\n"),
        (PermissionError(errno.EACCES, "Permission denied", "o.csv"), "o.csv: Permission denied\n"),
    ],
)
def test_full_and_read_only_disks_are_one_message(
    error: OSError, message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: object) -> int:
        raise error

    monkeypatch.setattr("mpcl_core.cli.doctor.run", fail)
    assert main(["doctor"]) == 1
    assert capsys.readouterr().err == message


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no processor time of child processes")
def test_help_takes_less_than_300_ms() -> None:
    def seconds() -> float:
        before = os.times()
        mpcl("run", "--help")
        after = os.times()
        return after.children_user + after.children_system - before.children_user - before.children_system

    assert sorted(seconds() for _ in range(5))[2] < 0.3


def test_unknown_verb_comes_with_a_similar_one(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["predct", "a"])
    assert capsys.readouterr().err.rstrip().endswith("Did you mean 'predict'?")


@pytest.mark.parametrize("words", [["--jbos", "2"], ["--jbos=2"]])
def test_unknown_option_comes_with_a_similar_one(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["run", "quick-start", *words])
    error = capsys.readouterr().err
    assert error.startswith("Usage: mpcl run")
    assert error.rstrip().endswith("Did you mean '--jobs'?")
