"""Make, reopen and finish run folders."""

from pathlib import Path

import pytest

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.runs.folder import RunFolder, check_run_folder, plugin_copies
from mpcl_core.runs.manifest import write_manifest
from mpcl_core.runs.manifest_diff import ManifestError
from mpcl_core.runs.shard import WHOLE
from support.hand_made_runs import finish, manifest, study


def test_run_is_partial_until_it_is_finished(tmp_path: Path) -> None:
    plugin = tmp_path / "mine.py"
    plugin.write_text("X = 1\n")
    folder = RunFolder(tmp_path / "run")
    folder.make("name: x\n", [plugin])
    assert folder.current == tmp_path / "run.partial"
    assert folder.recipe.read_text() == "name: x\n"
    assert (folder.current / "plugins" / "mine.py").read_text() == "X = 1\n"
    folder.finish()
    assert folder.current == tmp_path / "run"
    folder.reopen()
    assert folder.current == tmp_path / "run.partial"
    for name in ("run", "run.partial"):
        assert RunFolder.of_begun_run(tmp_path / name).folder == tmp_path / "run"


def test_folder_that_exists_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    with pytest.raises(UsageError, match="exists; a run needs a folder of its own"):
        RunFolder(tmp_path / "run").make("", [])
    RunFolder(tmp_path / "other").make("", [])
    with pytest.raises(UsageError, match=r"was left by a run that was stopped. Finish it with 'mpcl run --resume"):
        RunFolder(tmp_path / "other").make("", [])


def test_run_of_the_same_recipe_and_plugins_is_joined(tmp_path: Path) -> None:
    plugin = tmp_path / "mine.py"
    plugin.write_text("X = 1\n")
    for _ in range(2):
        RunFolder(tmp_path / "run").make_or_join("name: x\n", [plugin])
    with pytest.raises(ManifestError, match=r"^What decides the numbers differs.*\nthe resolved recipe: \w+ then"):
        RunFolder(tmp_path / "run").make_or_join("name: y\n", [plugin])
    plugin.write_text("X = 2\n")
    with pytest.raises(ManifestError, match=r"plugins/mine.py: \w+ then, \w+ now"):
        RunFolder(tmp_path / "run").make_or_join("name: x\n", [plugin])


def test_folder_that_is_no_run_is_not_joined(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"exists and is not a run folder: it has no recipe\.yaml"):
        RunFolder(tmp_path).make_or_join("", [])


def test_claim_lasts_as_long_as_its_context(tmp_path: Path) -> None:
    folder, other = RunFolder(tmp_path / "run"), RunFolder(tmp_path / "run")
    with (
        folder.claimed(WHOLE),
        pytest.raises(UsageError, match="is being run by another process"),
        other.claimed(WHOLE),
    ):
        pass
    with other.claimed(WHOLE):
        pass
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(UsageError, match=r"cannot be made: Not a directory"),
        RunFolder(tmp_path / "file" / "x").claimed(WHOLE),
    ):
        pass


def test_manifest_may_be_absent_only_before_the_first_job(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    folder.make("", [])
    assert folder.manifest() is None
    (folder.partial / "jobs").mkdir()
    with pytest.raises(UsageError, match=r"has no lock\.json, so what its jobs were run with is unknown"):
        folder.manifest()
    write_manifest(folder.partial, manifest(study("main")))
    assert folder.manifest() == manifest(study("main"))


def test_check_names_what_a_folder_lacks(tmp_path: Path) -> None:
    run = finish(tmp_path / "run", study("main"))
    check_run_folder(run)
    (run / "recipe.yaml").unlink()
    with pytest.raises(UsageError, match=r"is not a run folder: it has no recipe\.yaml"):
        check_run_folder(run)
    with pytest.raises(UsageError, match="there is no run folder"):
        check_run_folder(tmp_path / "absent")
    with pytest.raises(UsageError, match=r"it has no recipe\.yaml"):
        RunFolder.of_begun_run(tmp_path / "absent")


def test_plugin_files_of_one_name_are_numbered() -> None:
    assert plugin_copies([Path("a/x.py"), Path("b/x.py"), Path("y.py")]) == [
        "plugins/x.py",
        "plugins/1-x.py",
        "plugins/y.py",
    ]
