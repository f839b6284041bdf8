"""EmoPairCompete, and what is said about files that are not what they should be."""

import csv
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.data import Recording
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources.emopair import EmoPair
from mpcl_plugins.sources.formats import npz_archive
from support.emopair_files import ITEMS, Arrays, arrays, save, table, text


def recordings(source: EmoPair) -> list[Recording]:
    return list(source.load())


def kl(D: np.ndarray, D_pred: np.ndarray) -> np.ndarray:
    return np.asarray((D * np.log(D / D_pred)).sum(1))


@pytest.fixture(scope="module")
def real(data_dir: Path) -> EmoPair:
    return EmoPair(path=data_dir / "emopaircompete")


@pytest.fixture(scope="module")
def study(real: EmoPair) -> list[Recording]:
    return recordings(real)


def test_the_real_study_has_308_rated_segments_of_26_people(real: EmoPair, study: list[Recording]) -> None:
    assert len(study) == 308
    assert real.notes == (
        "Ratings by 'share': 308 of 312 rated rows have a distribution; 4 left out for a missing score.",
    )
    assert len({recording.subject for recording in study}) == 26
    assert len({(recording.subject, recording.trial) for recording in study}) == 308
    assert {recording.trial for recording in study} == {f"r{r}p{p}" for r in range(1, 5) for p in range(1, 4)}
    assert all(recording.condition == f"phase{recording.trial[3]}" for recording in study)
    assert all(recording.session == f"round{recording.trial[1]}" for recording in study)


def test_segments_last_as_published(real: EmoPair, study: list[Recording]) -> None:
    rates = {modality.name: modality.sfreq for modality in real.modalities}
    assert rates == {"ppg": 64.0, "gsr": 4.0, "temperature": 4.0, "heart_rate": 1.0}
    seconds = np.array([[s.values.shape[1] / s.sfreq for s in recording.signals.values()] for recording in study])
    assert (seconds[:, 3].min(), seconds[:, 3].max()) == (224, 448)
    assert np.ptp(seconds[:, :3], axis=1).max() < 0.5
    assert (np.abs(seconds[:, 3] - seconds[:, 0]) < 1.5).mean() > 0.95
    for recording in study:
        assert {name: signal.sfreq for name, signal in recording.signals.items()} == rates


def test_a_segment_equals_that_of_the_published_layout(study: list[Recording], data_dir: Path) -> None:
    folder = data_dir / "emopaircompete" / "raw_sample_D1_1_ID_1_round_1_phase2"
    (segment,) = [r for r in study if (r.subject, r.trial) == ("D1_1_ID1", "r1p2")]
    for name, raw in {"ppg": "BVP", "gsr": "EDA", "temperature": "TEMP", "heart_rate": "HR"}.items():
        with (folder / f"{raw}.csv").open() as file:
            values = [float(row[raw]) for row in csv.DictReader(file)]
        np.testing.assert_allclose(segment.signals[name].values[0], values, rtol=1e-6, atol=1e-6)
    with (folder / "response.csv").open() as file:
        row = next(csv.DictReader(file))
    scores = np.array([float(row[item]) for item in ITEMS])
    np.testing.assert_allclose(segment.D, scores / scores.sum(), rtol=1e-12)


def test_the_train_mean_under_leave_one_subject_out_scores_as_published(study: list[Recording]) -> None:
    D = np.stack([recording.D for recording in study])
    subject = np.array([recording.subject for recording in study])
    D_pred = np.stack([D[subject != held_out].mean(0) for held_out in subject])
    chebyshev, score = np.abs(D - D_pred).max(1), kl(D, D_pred)
    assert chebyshev.mean() == pytest.approx(0.0614, abs=5e-5)
    assert score.mean() == pytest.approx(0.0531, abs=5e-5)
    macro = np.mean([score[subject == one].mean() for one in sorted(set(subject))])
    assert macro == pytest.approx(0.0534, abs=5e-5)
    assert kl(D, np.full_like(D, 0.1)).mean() == pytest.approx(0.1107, abs=5e-5)


def test_labels_are_the_items_with_their_valence(tmp_path: Path) -> None:
    source = EmoPair(path=tmp_path)
    assert source.labels == tuple(ITEMS)
    assert source.valence.positive == ("alert", "inspired", "determined", "attentive", "active")
    assert source.valence.negative == ("upset", "hostile", "ashamed", "nervous", "afraid")


def test_signals_are_cut_by_counts_and_divided_by_scale(tmp_path: Path) -> None:
    made = arrays()
    source = save(tmp_path, made, text(table()))
    first, second, fourth = recordings(source)
    assert [fourth.subject, fourth.trial, fourth.session, fourth.condition] == ["b", "r1p2", "round1", "phase2"]
    assert list(first.signals) == [modality.name for modality in source.modalities]
    np.testing.assert_allclose(second.signals["ppg"].values[0], made["BVP"][192:320] / 100, rtol=1e-6)
    np.testing.assert_allclose(fourth.signals["gsr"].values[0], made["EDA"][36:] / 1e6, rtol=1e-6)
    assert [r.subject + r.trial for r in (first, second, fourth)] == ["ar1p1", "ar1p2", "br1p2"]
    assert source.continuous


def test_known_units_are_stated(tmp_path: Path) -> None:
    source = save(tmp_path, arrays(), text(table()))
    units = {modality.name: modality.unit for modality in source.modalities}
    assert units == {"ppg": "", "gsr": "uS", "temperature": "degC", "heart_rate": "bpm"}


def test_the_rate_is_the_files(tmp_path: Path) -> None:
    source = save(tmp_path, arrays() | {"fs": np.array([32, 4, 1, 4])}, text(table()))
    assert source.modalities[0].sfreq == recordings(source)[0].signals["ppg"].sfreq == 32.0


def test_a_recording_is_made_when_it_is_asked_for(tmp_path: Path) -> None:
    iterator = save(tmp_path, arrays(), text(table())).load()
    assert iter(iterator) is iterator
    assert next(iterator).trial == "r1p1"


def without(name: str) -> Arrays:
    return {key: values for key, values in arrays().items() if key != name}


COUNTS = arrays()["EDA_n"]
SIGNAL_FAULTS: dict[str, tuple[Arrays, str, int | None, str]] = {
    "no signal": (without("HR"), "HR", None, "no such array"),
    "no counts": (without("HR_n"), "HR_n", None, "no such array"),
    "no scale": (without("scale"), "scale", None, "no such array"),
    "counts do not add up": (
        arrays() | {"EDA_n": COUNTS + np.eye(4, dtype=int)[3]},
        "EDA_n",
        None,
        "add up to 57, but EDA has 56 samples",
    ),
    "signal too short": (arrays() | {"BVP": arrays()["BVP"][:-1]}, "BVP_n", None, "add up to 896"),
    "a count of zero": (arrays() | {"EDA_n": COUNTS * np.array([1, 0, 1, 1])}, "EDA_n", 1, "0 samples"),
    "a negative count": (arrays() | {"EDA_n": COUNTS * np.array([1, 1, -1, 1])}, "EDA_n", 2, "-16 samples"),
    "other number of counts": (arrays() | {"EDA_n": COUNTS[:3]}, "EDA_n", None, "3 counts for 4 rows"),
    "counts that are no integers": (arrays() | {"EDA_n": COUNTS / 1.0}, "EDA_n", None, "float64"),
    "NaN in a signal": (arrays() | {"TEMP": np.full(56, np.nan)}, "TEMP", None, "integers"),
    "signal of two dimensions": (arrays() | {"HR": arrays()["HR"][None]}, "HR", None, "(1, 14)"),
    "unknown scale": (
        arrays() | {"scale_of": np.array(["BVP", "TEMP", "HR", "GSR"])},
        "scale_of",
        None,
        "no scale is stated for EDA",
    ),
    "scale of zero": (arrays() | {"scale": np.array([100, 0, 100, 100])}, "scale", 1, "0 is not above 0"),
    "too few scales": (arrays() | {"scale": np.array([100])}, "scale", None, "one number for each of BVP"),
    "too few rates": (arrays() | {"fs": np.array([64, 4])}, "fs", None, "one number for each of BVP"),
    "a rate of NaN": (arrays() | {"fs": np.array([64, 4, np.nan, 4])}, "fs", 2, "nan is not above 0"),
    "names that are none": (arrays() | {"scale_of": np.arange(4)}, "scale_of", None, "names of the signals"),
    "an object array": (arrays() | {"BVP": np.array([{}] * 896)}, "BVP", None, "cannot be read"),
}


def fault(source: EmoPair) -> DataError:
    with pytest.raises(DataError) as caught:
        source.load()
    return caught.value


@pytest.mark.parametrize(("made", "field", "row", "message"), SIGNAL_FAULTS.values(), ids=SIGNAL_FAULTS)
def test_a_fault_of_the_signals_names_file_field_and_row(
    tmp_path: Path, made: Arrays, field: str, row: int | None, message: str
) -> None:
    error = fault(save(tmp_path, made, text(table())))
    assert (error.path, error.field, error.row) == (tmp_path / "signals.npz", field, row)
    assert message in error.message


def cell(row: int, column: str, value: str) -> str:
    rows = table()
    rows[row][column] = value
    return text(rows)


def drop(column: str) -> str:
    return text([{key: value for key, value in row.items() if key != column} for row in table()])


RESPONSE_FAULTS: dict[str, tuple[str, str, int | None, str]] = {
    "no number": (cell(3, "alert", "many"), "alert", 5, "'many' is not a number from 1 to 5"),
    "NaN": (cell(3, "alert", "nan"), "alert", 5, "'nan' is not a number"),
    "negative": (cell(1, "upset", "-2"), "upset", 3, "'-2' is not a number from 1 to 5"),
    "above the scale": (cell(1, "upset", "6"), "upset", 3, "'6'"),
    "no subject": (cell(2, "subject", " "), "subject", 4, "no subject"),
    "no round": (cell(2, "round", ""), "round", 4, "not a whole number"),
    "half a phase": (cell(2, "phase", "1.5"), "phase", 4, "'1.5' is not a whole number"),
    "a segment twice": (cell(1, "phase", "1"), "", 3, "a r1p1 is already on line 2"),
    "no column": (drop("nervous"), "nervous", None, "no such column"),
    "no subject column": (drop("subject"), "subject", None, "no such column"),
    "a row too long": (text(table()).replace("a,D,1,2", "a,D,1,2,2,2"), "", 3, "the header has 14"),
    "a row cut off": (text(table())[:-12], "", 5, "the header has 14"),
    "no rows": (text(table()).splitlines()[0], "", None, "no rows"),
    "nothing": ("", "", None, "there is no header"),
    "an open quote": (text(table()) + '"', "", 6, "not a table that can be read"),
}


@pytest.mark.parametrize(("responses", "field", "line", "message"), RESPONSE_FAULTS.values(), ids=RESPONSE_FAULTS)
def test_a_fault_of_the_ratings_names_file_column_and_line(
    tmp_path: Path, responses: str, field: str, line: int | None, message: str
) -> None:
    error = fault(save(tmp_path, arrays(), responses))
    assert (error.path, error.field, error.line) == (tmp_path / "responses.csv", field, line)
    assert message in error.message


def test_ratings_that_are_no_text(tmp_path: Path) -> None:
    source = save(tmp_path, arrays(), "")
    (tmp_path / "responses.csv").write_bytes(b"\xff\xfe\x00subject")
    assert "responses.csv: not text in UTF-8" in str(fault(source))


@pytest.mark.parametrize("missing", ["signals.npz", "responses.csv"])
def test_a_missing_file_is_named(tmp_path: Path, missing: str) -> None:
    source = save(tmp_path, arrays(), text(table()))
    (tmp_path / missing).unlink()
    assert str(fault(source)) == f"{tmp_path / missing}: no such file"


def test_a_missing_folder_is_known_from_the_modalities(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        _ = EmoPair(path=tmp_path / "nowhere").modalities


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.99])
def test_a_truncated_archive(tmp_path: Path, share: float) -> None:
    source = save(tmp_path, arrays(), text(table()))
    content = (tmp_path / "signals.npz").read_bytes()
    (tmp_path / "signals.npz").write_bytes(content[: int(share * len(content))])
    with pytest.raises(DataError, match=r"signals\.npz"):
        _ = source.modalities
    assert "cannot be read" in str(fault(source))


def test_an_array_that_claims_more_than_it_holds(tmp_path: Path) -> None:
    source = save(tmp_path, arrays(), text(table()))
    with zipfile.ZipFile(tmp_path / "signals.npz") as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    entries["HR.npy"] = entries["HR.npy"].replace(b"(14,), }           ", b"(999999999999,), } ")
    with zipfile.ZipFile(tmp_path / "signals.npz", "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    error = fault(source)
    assert error.field == "HR"
    assert "its header states 3999999999996 bytes of int32, but it holds 56" in error.message


def test_an_array_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = save(tmp_path, arrays(), text(table()))
    monkeypatch.setattr(npz_archive, "LARGEST", 1000)
    error = fault(source)
    assert (error.field, error.message) == (
        "BVP",
        "cannot be read (unpacks to 3712 bytes or more, but at most 1000 are read)",
    )


@pytest.mark.slow
@pytest.mark.parametrize("write", [np.savez, np.savez_compressed])
def test_a_damaged_archive_is_never_read_as_other_numbers(tmp_path: Path, write: Callable[..., None]) -> None:
    source = save(tmp_path, arrays(), text(table()))
    write(tmp_path / "signals.npz", **arrays())
    expected, content = recordings(source), (tmp_path / "signals.npz").read_bytes()
    refused = 0
    for position in range(0, len(content), 23):
        damaged = bytearray(content)
        damaged[position] ^= 16
        (tmp_path / "signals.npz").write_bytes(damaged)
        try:
            seen = recordings(source)
        except DataError:
            refused += 1
            continue
        for was, now in zip(expected, seen, strict=True):
            for name, signal in was.signals.items():
                np.testing.assert_array_equal(signal.values, now.signals[name].values)
    assert refused > len(content) / 23 / 2


def test_a_change_that_only_the_checksum_tells(tmp_path: Path) -> None:
    source = save(tmp_path, arrays(), text(table()))
    np.savez(tmp_path / "signals.npz", **arrays())  # type: ignore[arg-type]
    content = (tmp_path / "signals.npz").read_bytes()
    last_sample = content.index(arrays()["EDA"].tobytes()) + 4 * 56 - 4
    damaged = bytearray(content)
    damaged[last_sample] ^= 1
    (tmp_path / "signals.npz").write_bytes(damaged)
    error = fault(source)
    assert error.field == "EDA"
    assert "CRC" in error.message
