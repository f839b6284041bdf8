"""WESAD from ``SX.pkl``: conditions are the stretches of the labels."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mpcl_core.interfaces.data import Recording
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources.wesad import WESAD
from support.wesad_study import CODES, ORDER, SECONDS, pickled, quest, session

Change = Callable[[dict[str, Any]], None]
CHEST = ("chest_ecg", "chest_emg", "chest_gsr", "chest_respiration", "chest_temperature", "chest_acceleration")
WRIST = ("ppg", "gsr", "temperature", "acceleration")


def write(path: Path, held: object, order: tuple[str, ...] = ORDER) -> Path:
    (path / "S2").mkdir()
    (path / "S2" / "S2_quest.csv").write_text(quest(order=order))
    (path / "S2" / "S2.pkl").write_bytes(pickled(held))
    return path


def recordings(path: Path, signals: tuple[str, ...] = WRIST + CHEST) -> list[Recording]:
    return list(WESAD(path=path, signals=signals).load())


@pytest.fixture(scope="module")
def held() -> dict[str, Any]:
    return session()


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory, held: dict[str, Any]) -> list[Recording]:
    return recordings(write(tmp_path_factory.mktemp("wesad"), held))


def test_each_condition_is_a_recording(study: list[Recording]) -> None:
    assert [recording.trial for recording in study] == list(ORDER)
    names = ["baseline", "stress", "meditation", "amusement", "meditation"]
    assert [recording.condition for recording in study] == names
    assert [recording.stimulus for recording in study] == ["", "tsst", "breathing", "clips", "breathing"]
    assert {recording.subject for recording in study} == {"S2"}


@pytest.mark.parametrize(
    ("name", "device", "stored", "rate"),
    [
        ("ppg", "wrist", "BVP", 64),
        ("gsr", "wrist", "EDA", 4),
        ("temperature", "wrist", "TEMP", 4),
        ("chest_ecg", "chest", "ECG", 700),
        ("chest_gsr", "chest", "EDA", 700),
        ("chest_acceleration", "chest", "ACC", 700),
    ],
)
def test_a_signal_is_cut_where_the_labels_are(
    study: list[Recording], held: dict[str, Any], name: str, device: str, stored: str, rate: int
) -> None:
    complete = held["signal"][device][stored]
    for recording, (begin, end) in zip(study, SECONDS, strict=True):
        signal = recording.signals[name]
        expected = complete[(begin + 5) * rate : (end - 5) * rate].T
        np.testing.assert_array_equal(signal.values, expected.astype(np.float32))
        assert (signal.sfreq, signal.start) == (float(rate), 0.0)


def test_wrist_acceleration_is_in_g(study: list[Recording], held: dict[str, Any]) -> None:
    raw = held["signal"]["wrist"]["ACC"][15 * 32 : 55 * 32].T
    np.testing.assert_allclose(study[0].signals["acceleration"].values, raw / 64, rtol=1e-6)


def test_a_label_between_two_samples_gives_the_samples_that_lie_in_it(tmp_path: Path, held: dict[str, Any]) -> None:
    label = held["label"].copy()
    label[15 * 700 : 15 * 700 + 100] = 0
    first = recordings(write(tmp_path, held | {"label": label}))[0]
    begin = 15 + 100 / 700
    for name, rate in (("gsr", 4), ("ppg", 64), ("chest_ecg", 700)):
        signal = first.signals[name]
        sample = round((begin + signal.start) * rate)
        assert 0 <= signal.start < 1 / rate
        assert (begin + signal.start) * rate == pytest.approx(sample, abs=1e-6)
        assert signal.values.shape[1] == 55 * rate - sample


def test_swapped_meditations_are_found_by_their_order(tmp_path: Path) -> None:
    order = ("Base", "TSST", "Medi 2", "Fun", "Medi 1")
    found = recordings(write(tmp_path, session(order), order), ("gsr",))
    assert [recording.trial for recording in found] == list(order)
    assert [recording.signals["gsr"].values.shape[1] for recording in found[2::2]] == [10 * 4, 45 * 4]


def test_only_wanted_signals_are_read(tmp_path: Path, held: dict[str, Any]) -> None:
    lean = held | {"signal": {"wrist": {"BVP": held["signal"]["wrist"]["BVP"]}}}
    source = WESAD(path=write(tmp_path, lean), signals=("ppg",))
    assert [modality.name for modality in source.modalities] == ["ppg"]
    assert [list(recording.signals) for recording in source.load()] == [["ppg"]] * 5


def label(held: dict[str, Any]) -> np.ndarray:
    values: np.ndarray = held["label"].copy()
    return values


def glitch(held: dict[str, Any]) -> None:
    held["label"] = label(held)
    held["label"][20 * 700] = 0


def swapped(held: dict[str, Any]) -> None:
    held["label"] = np.array([0, 1, 3, 2, 4, 5, 6, 7], dtype=np.int32)[label(held)]


def drop(*keys: str) -> Change:
    def change(held: dict[str, Any]) -> None:
        for key in keys[:-1]:
            held[key] = dict(held[key])
            held = held[key]
        del held[keys[-1]]

    return change


def put(value: object, *keys: str) -> Change:
    def change(held: dict[str, Any]) -> None:
        for key in keys[:-1]:
            held[key] = dict(held[key])
            held = held[key]
        held[keys[-1]] = value

    return change


FAULTS: dict[str, tuple[Change, str, str]] = {
    "no labels": (drop("label"), "label", "no such array"),
    "labels of two dimensions": (put(np.zeros((9, 1), np.int32), "label"), "label", "(9, 1)"),
    "labels that are no integers": (put(np.zeros(9), "label"), "label", "float64"),
    "a condition in two pieces": (
        glitch,
        "label",
        "the conditions are [1, 1, 2, 4, 3, 4], but the questionnaire has [1, 2, 4, 3, 4]",
    ),
    "another order": (swapped, "label", "the conditions are [1, 3, 4, 2, 4]"),
    "no label at all": (put(np.zeros(0, np.int32), "label"), "label", "the conditions are []"),
    "no signals": (drop("signal"), "signal", "no such mapping"),
    "no wrist": (drop("signal", "wrist"), "signal wrist", "no such mapping"),
    "no array": (drop("signal", "wrist", "EDA"), "signal wrist EDA", "no such array"),
    "text for an array": (put("x", "signal", "wrist", "EDA"), "signal wrist EDA", "no such array"),
    "another shape": (put(np.zeros((9, 2)), "signal", "wrist", "EDA"), "signal wrist EDA", "(9, 2)"),
    "another rate": (
        put(np.zeros((325 * 32, 1)), "signal", "wrist", "BVP"),
        "signal wrist BVP",
        "162.5 s at 64 Hz, but the labels last 325 s",
    ),
}


@pytest.mark.parametrize(("change", "field", "message"), FAULTS.values(), ids=FAULTS)
def test_a_fault_names_file_and_field(
    tmp_path: Path, held: dict[str, Any], change: Change, field: str, message: str
) -> None:
    damaged = dict(held)
    change(damaged)
    path = write(tmp_path, damaged)
    with pytest.raises(DataError) as caught:
        recordings(path, ("ppg", "gsr"))
    assert (caught.value.path, caught.value.field) == (path / "S2" / "S2.pkl", field)
    assert message in caught.value.message


@pytest.mark.parametrize("held", [(1, 2), "text", None])
def test_a_pickle_of_something_else(tmp_path: Path, held: object) -> None:
    with pytest.raises(DataError, match="no such mapping"):
        recordings(write(tmp_path, held))


def test_a_malicious_pickle_is_refused_and_not_run(tmp_path: Path) -> None:
    path = write(tmp_path, session())
    (path / "S2" / "S2.pkl").write_bytes(b"cos\nsystem\n(S'touch " + str(tmp_path / "touched").encode() + b"'\ntR.")
    with pytest.raises(DataError, match=r"it asks for os\.system"):
        recordings(path)
    assert not (tmp_path / "touched").exists()


def test_a_missing_pickle_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, session())
    (path / "S2" / "S2.pkl").unlink()
    with pytest.raises(DataError, match=r"S2\.pkl: no such file"):
        recordings(path)


def test_labels_are_the_numbers_of_the_conditions() -> None:
    assert set(CODES.values()) == {1, 2, 3, 4}
