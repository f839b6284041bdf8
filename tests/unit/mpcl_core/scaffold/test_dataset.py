"""Files of a folder become a manifest and a recipe; a stub reads their channels."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml

from mpcl_core.interfaces.errors import DataError, UsageError
from mpcl_core.scaffold.dataset import Dataset, Study, make_dataset


@dataclass(frozen=True)
class Channel:
    name: str
    index: int = 0
    part: str = ""
    sfreq: float | None = 64.0
    unit: str = "V"
    role: str = "signal"
    kind: str = ""


@dataclass
class Reader:
    """Stand in for the source `folder`."""

    of_suffix: dict[str, Sequence[Channel]] = field(default_factory=lambda: {".csv": [Channel("pulse")]})
    suffixes: Sequence[str] = (".csv", ".edf")
    error: DataError | None = None

    def find_files(self, folder: Path) -> list[Path]:
        return sorted(path for path in folder.rglob("*") if path.suffix in self.suffixes)

    def channels(self, file: Path) -> Sequence[Channel]:
        if self.error:
            raise self.error
        return self.of_suffix[file.suffix]

    def find_events(self, files: Any) -> Sequence[Any]:
        return []

    def find_first_start(self, files: Any) -> None:
        return None


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def made(*names: str, reader: Reader | None = None, **changes: Any) -> Dataset:
    for name in names:
        path = Path("data", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    study = Study(**{"labels": ("joy", "fear"), "rates": {}, **changes})
    return make_dataset("mine", Path("data"), study, reader or Reader())


def rows(dataset: Dataset) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(dataset.manifest)))


def test_each_file_is_a_rated_trial_of_its_subject() -> None:
    found = made("s1_t1.csv", "s1_t2.csv", "s2_t1.csv")
    assert found.recordings == 3
    assert len(found.subjects) == 2
    first, *_ = rows(found)
    assert first["joy"] == first["fear"] == ""
    assert any(value.endswith("s1_t1.csv") for value in first.values())
    assert yaml.safe_load(found.recipe)["protocol"] == {"use": "loso"}


@pytest.mark.parametrize(
    ("names", "protocol"), [(("s1_t1.csv", "s1_t2.csv"), "trial_heldout"), (("s1_t1.csv",), "kfold")]
)
def test_strictest_protocol_that_the_trials_allow(names: tuple[str, ...], protocol: str) -> None:
    assert yaml.safe_load(made(*names).recipe)["protocol"] == {"use": protocol}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"labels": ("joy",)}, "a distribution needs at least two labels"),
        ({"labels": ("joy", "joy")}, "'joy' is empty, repeated, or the name of another column"),
        ({"labels": ("joy", "subject")}, "'subject' is empty, repeated"),
        ({"labels": ("joy", " ")}, "' ' is empty, repeated"),
        ({"rates": {"gaze": 30.0}}, "--rate gaze: the files state all rates"),
        ({"origin": "edf"}, "has no file for --from edf; it has e.g. s1_t1.csv"),
        ({"scores": Path("scores.csv")}, "--scale 1 5"),
    ],
)
def test_wrong_use_is_one_message(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as error:
        made("s1_t1.csv", "s2_t1.csv", **changes)
    assert message in str(error.value)


def test_rate_that_no_file_states_has_to_be_stated() -> None:
    reader = Reader({".csv": [Channel("pulse", sfreq=None)]})
    with pytest.raises(UsageError, match=r"no file states the sampling rate of (\w+)\. Add: --rate \1=HZ"):
        made("s1_t1.csv", "s2_t1.csv", reader=reader)
    name = "signals"
    (modality,) = made(reader=reader, rates={name: 50.0}).modalities
    assert modality.sfreq is None


def test_stated_rate_may_differ_by_what_a_measurement_does() -> None:
    name = made("s1_t1.csv", "s2_t1.csv").modalities[0].name
    recipe = yaml.safe_load(made(rates={name: 64.1}).recipe)
    assert recipe["source"]["modalities"][name]["sfreq"] == 64.1
    with pytest.raises(UsageError, match="the files state all rates"):
        made(rates={name: 70.0})


def test_folder_without_files_is_refused() -> None:
    with pytest.raises(UsageError, match="there is no folder or table 'data'"):
        made()
    Path("data").mkdir()
    with pytest.raises(UsageError, match=r"data has no file of a known kind \(\.csv, \.edf\)"):
        made()


def test_damaged_file_stays_an_error_and_an_unknown_header_is_wrong_use() -> None:
    with pytest.raises(DataError, match="cut off"):
        made("s1_t1.csv", reader=Reader(error=DataError("cut off", Path("x"))))
    with pytest.raises(UsageError, match="no names"):
        made("s1_t1.csv", reader=Reader(error=DataError("no names", Path("x"), "header")))
