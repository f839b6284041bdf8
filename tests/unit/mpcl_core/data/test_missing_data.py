"""A source whose files do not exist is refused with the option that names others."""

from pathlib import Path

import pytest

from mpcl_core.data.missing_data import naming_missing_data
from mpcl_core.interfaces.errors import DataError, Place
from mpcl_core.spec.block import Block
from mpcl_plugins.sources.wesad import WESAD


def source(path: Path) -> Block:
    return Block(WESAD, {"path": path}, Place("mine.yaml", 3, 1), "source")


def test_path_that_does_not_exist_is_named_with_the_option_that_replaces_it(tmp_path: Path) -> None:
    (tmp_path / "wesad").mkdir()
    with pytest.raises(DataError) as refused, naming_missing_data(source(tmp_path / "wesda")):
        raise DataError("there is no folder of a person")
    assert str(refused.value) == (
        f"mine.yaml:3:1: pass where the data of 'wesad' are with --set source.path=FOLDER; there is no file or folder "
        f"'{tmp_path}/wesda'. Did you mean '{tmp_path}/wesad'?"
    )
    with pytest.raises(DataError, match=r"--set source\.path=FILE"), naming_missing_data(source(tmp_path / "a.csv")):
        raise DataError("no such file")


def test_other_errors_of_a_source_stay_as_they_are(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"^a signal is empty$"), naming_missing_data(source(tmp_path)):
        raise DataError("a signal is empty")
