"""A component is found and called in another process; here the task is run in this one."""

import pickle
from pathlib import Path

import pytest

from mpcl_core.testing.other_process import run_task
from mpcl_plugins.protocols.kfold import KFold


def task(module: str, file: str, name: str, function: str, **parameters: object) -> bytes:
    head = pickle.dumps((module, file, name, function))
    return len(head).to_bytes(4, "big") + head + pickle.dumps(parameters)


def test_class_of_a_module_is_built_with_its_parameters(capsys: pytest.CaptureFixture[str]) -> None:
    run_task(task(KFold.__module__, "", "KFold", "builtins:repr", folds=3))
    assert "KFold" in capsys.readouterr().out


def test_class_of_a_file_that_no_name_imports_is_loaded_from_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.py").write_text("class Outer:\n    class Inner:\n        def __repr__(self): return 'inner'\n")
    run_task(task("mine_of_a_file", str(tmp_path / "mine.py"), "Outer.Inner", "builtins:repr"))
    assert capsys.readouterr().out == "inner"


def test_module_that_is_nowhere_is_an_error() -> None:
    with pytest.raises((ModuleNotFoundError, FileNotFoundError)):
        run_task(task("module_of_nothing", "/nowhere/x", "A", "builtins:repr"))
