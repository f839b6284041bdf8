"""Errors that a user can cause: their places, their order, and what interrupts a run."""

import errno
import pickle
import threading
from pathlib import Path

import pytest

from mpcl_core.interfaces.errors import (
    DataError,
    Fault,
    Place,
    RecipeError,
    describe_error,
    is_access_refused,
    is_disk_full,
    is_interruption,
)


def test_a_place_is_printed_with_line_and_column() -> None:
    assert str(Place("a/r.yaml", 3, 7)) == "a/r.yaml:3:7"
    assert str(Place("--set", 0, 0)) == "--set"
    assert str(Place("mpcl.yaml", 3, 7, shipped=True)) == "mpcl.yaml:3:7 (shipped recipe 'mpcl')"
    assert Place("a/r.yaml", 3, 7).folder == Path("a")
    assert Place("mpcl.yaml", 3, 7, shipped=True).folder == Path()


def test_faults_of_a_recipe_are_sorted_by_place() -> None:
    late, early = Fault(Place("r", 9, 1), "b", "late"), Fault(Place("r", 2, 1), "", "early")
    error = RecipeError([late, early])
    assert error.faults == (early, late)
    assert str(error) == "r:2:1: early\nr:9:1: b: late"
    assert error.exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("m",), "m"),
        (("m", "f.csv"), "f.csv: m"),
        (("m", "f.npz", "x", 0), "f.npz, x, row 0: m"),
        (("m", "f.csv", "x", None, 2), "f.csv, x, line 2: m"),
    ],
)
def test_a_data_error_names_its_place_and_survives_a_process(arguments: tuple[str, ...], text: str) -> None:
    error = DataError(*arguments)  # type: ignore[arg-type]
    assert str(error) == text
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.field, again.row, again.line) == (text, error.field, error.row, error.line)


def test_refused_access_is_that_of_the_file_system() -> None:
    assert is_access_refused(PermissionError(errno.EACCES, ""))
    assert is_access_refused(OSError(errno.EROFS, ""))
    assert not is_access_refused(OSError(errno.ENOSPC, ""))
    assert not is_access_refused(PermissionError())


def test_only_full_disks_and_files_are_disk_full() -> None:
    assert is_disk_full(OSError(errno.ENOSPC, ""))
    assert is_disk_full(OSError(errno.EFBIG, ""))
    assert not is_disk_full(OSError(errno.ENOENT, ""))
    assert not is_disk_full(ValueError())


def test_ctrl_c_interrupts_in_the_main_thread_only() -> None:
    assert is_interruption(KeyboardInterrupt())
    assert is_interruption(GeneratorExit())
    assert not is_interruption(SystemExit())
    found: list[bool] = []
    thread = threading.Thread(target=lambda: found.append(is_interruption(KeyboardInterrupt())))
    thread.start()
    thread.join()
    assert found == [False]


def test_error_is_described_by_its_class_and_the_first_line_of_its_message() -> None:
    assert describe_error(ValueError("one\ntwo")) == "ValueError: one"
    assert describe_error(EOFError()) == "EOFError"
