"""DMER in the layouts of one file a viewer, and what is said about files that are not what they should be."""

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.io import loadmat, savemat

from mpcl_core.interfaces.data import WindowSet
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources.dmer import DMER
from mpcl_plugins.sources.formats import mat_arrays
from mpcl_plugins.sources.formats.mat import read_arrays
from support.dmer_files import CLIPS, Arrays, merged, sample


def loaded(path: Path) -> WindowSet:
    windows = DMER(path=path).load()
    assert isinstance(windows, WindowSet)
    return windows


@pytest.fixture
def save(tmp_path: Path) -> Callable[[Arrays, str], Path]:
    def write(arrays: Arrays, name: str = "7.mat") -> Path:
        savemat(tmp_path / name, arrays)
        return tmp_path / name

    return write


def test_the_real_sample_has_the_rows_of_the_file_in_its_order(data_dir: Path) -> None:
    path = data_dir / "dmer-emotiondict" / "data_feature_sample.mat"
    windows, raw = loaded(path), loadmat(path)
    assert len(windows) == 696 + 179
    assert (windows.split == ["train"] * 696 + ["test"] * 179).all()
    for name, array in {"eeg": "eeg", "gsr": "gsr", "ppg": "ppg", "face": "video"}.items():
        stored = np.concatenate([raw[f"train_{array}"], raw[f"test_{array}"]])
        np.testing.assert_array_equal(windows.X[name].reshape(875, -1), stored.reshape(875, -1).astype(np.float32))
    np.testing.assert_array_equal(windows.D, np.concatenate([raw["train_label"], raw["test_label"]]))
    assert windows.X["face"].shape == (875, 1, 32)
    assert windows.weight.tolist() == [1.0] * 875


def test_a_trial_of_the_real_sample_is_a_distinct_label(data_dir: Path) -> None:
    windows = loaded(data_dir / "dmer-emotiondict")
    assert len(set(windows.trial)) == 22
    assert len(set(windows.subject)) == 1
    same_trial = windows.trial[:, None] == windows.trial
    same_label = (windows.D[:, None] == windows.D).all(-1)
    np.testing.assert_array_equal(same_trial, same_label)
    assert len(set(zip(windows.trial, windows.window.tolist(), strict=True))) == 875


def test_the_train_mean_of_the_real_sample_scores_as_published(data_dir: Path) -> None:
    windows = loaded(data_dir / "dmer-emotiondict")
    train, test = (windows.D[windows.split == split] for split in ("train", "test"))
    D_pred = train.mean(0)
    assert np.abs(test - D_pred).max(1).mean() == pytest.approx(0.1003, abs=5e-5)
    assert (test * np.log(test / D_pred)).sum(1).mean() == pytest.approx(0.0622, abs=5e-5)


def test_labels_are_five_pleasant_then_five_unpleasant() -> None:
    source = DMER(path=Path("nowhere"))
    assert (
        source.labels[:5] == source.valence.positive == ("inspired", "alert", "excited", "enthusiastic", "determined")
    )
    assert source.labels[5:] == source.valence.negative == ("afraid", "upset", "nervous", "scared", "distressed")


def test_merged_features_go_to_their_modalities_without_the_rest(save: Callable[..., Path]) -> None:
    arrays = merged()
    windows = loaded(save(arrays))
    displayed = arrays["feas"][CLIPS < 32].astype(np.float32)
    np.testing.assert_array_equal(windows.X["eeg"], displayed[:, :90].reshape(-1, 18, 5))
    np.testing.assert_array_equal(windows.X["gsr"][:, 0], displayed[:, 90:118])
    np.testing.assert_array_equal(windows.X["ppg"][:, 0], displayed[:, 118:145])
    np.testing.assert_array_equal(windows.X["face"][:, 0], displayed[:, 145:])
    np.testing.assert_array_equal(windows.D, arrays["dis_label"][CLIPS[CLIPS < 32]])


def test_merged_windows_name_clip_condition_and_second(save: Callable[..., Path]) -> None:
    windows = loaded(save(merged()))
    assert windows.trial.tolist() == windows.stimulus.tolist() == ["3"] * 3 + ["12"] * 2 + ["31"] * 3
    assert windows.condition.tolist() == ["positive"] * 3 + ["negative"] * 2 + ["mixed"] * 3
    assert windows.window.tolist() == [0, 1, 2, 0, 1, 0, 1, 2]
    assert windows.t_start.tolist() == windows.window.tolist()
    assert (windows.t_stop - windows.t_start == 1).all()
    assert set(windows.subject) == {"7"}
    assert set(windows.split) == {""}


def test_seconds_are_counted_when_a_clip_is_interrupted(save: Callable[..., Path]) -> None:
    arrays = merged() | {"vids": np.array([[5.0, 5, 6, 5, 6, 40, 5, 6, 6, 6, 6, 6]]).T}
    windows = loaded(save(arrays))
    assert windows.window.tolist() == [0, 1, 0, 2, 1, 3, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("clip", "condition"),
    [(0, "positive"), (7, "positive"), (8, "negative"), (15, "negative"), (16, "mixed"), (31, "mixed")],
)
def test_conditions_by_clip(save: Callable[..., Path], clip: int, condition: str) -> None:
    windows = loaded(save(merged() | {"vids": np.full((len(CLIPS), 1), float(clip))}))
    assert set(windows.condition) == {condition}


@pytest.mark.parametrize("compressed", [False, True])
def test_complex_features_count_by_their_real_part(tmp_path: Path, compressed: bool) -> None:
    path, arrays = tmp_path / "7.mat", merged()
    savemat(path, arrays, do_compression=compressed)
    expected = loaded(path)
    assert DMER(path=path).notes == ()
    savemat(path, arrays | {"feas": arrays["feas"] + 3j}, do_compression=compressed)
    windows = loaded(path)
    for name, values in expected.X.items():
        np.testing.assert_array_equal(windows.X[name], values)
    assert DMER(path=path).notes == ("The real part of complex values is taken: feas (1 of 1 viewers).",)


def test_nan_in_the_rest_does_not_matter(save: Callable[..., Path]) -> None:
    arrays = merged()
    arrays["feas"][CLIPS == 40] = np.nan
    assert len(loaded(save(arrays))) == 8


def test_viewers_are_read_in_the_order_of_their_numbers(save: Callable[..., Path], tmp_path: Path) -> None:
    for name in ("10.mat", "9.mat", "1.mat"):
        save(merged(), name)
    windows = loaded(tmp_path)
    assert list(dict.fromkeys(windows.subject.tolist())) == ["1", "9", "10"]
    assert len(windows) == 3 * 8


@pytest.mark.parametrize("layout", [merged, sample])
@pytest.mark.parametrize("compressed", [False, True])
def test_modalities_are_those_of_the_windows(tmp_path: Path, layout: Callable[[], Arrays], compressed: bool) -> None:
    savemat(tmp_path / "1.mat", layout(), do_compression=compressed)
    source = DMER(path=tmp_path / "1.mat")
    windows = loaded(tmp_path / "1.mat")
    assert windows.modalities == source.modalities
    assert all(windows.X[m.name].shape[1:] == (m.n_chans, m.n_times) for m in source.modalities)
    assert not source.continuous


def fault(path: Path) -> DataError:
    """What is said when the file is loaded."""
    with pytest.raises(DataError) as caught:
        DMER(path=path).load()
    return caught.value


@pytest.mark.parametrize("layout", [merged, sample])
@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("share", [0.0, 0.001, 0.1, 0.5, 0.9, 0.999])
def test_modalities_refuse_a_truncated_file(
    tmp_path: Path, layout: Callable[[], Arrays], compressed: bool, share: float
) -> None:
    path = tmp_path / "1.mat"
    savemat(path, layout(), do_compression=compressed)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(DataError, match=r"1\.mat"):
        _ = DMER(path=path).modalities


def test_the_real_file_truncated(data_dir: Path, tmp_path: Path) -> None:
    content = (data_dir / "dmer-emotiondict" / "data_feature_sample.mat").read_bytes()
    path = tmp_path / "cut.mat"
    path.write_bytes(content[:-1])
    with pytest.raises(DataError, match="cut off"):
        _ = DMER(path=path).modalities


def test_a_damaged_compressed_file_is_never_read_as_other_numbers(tmp_path: Path) -> None:
    path = tmp_path / "1.mat"
    savemat(path, sample(), do_compression=True)
    expected, content = loaded(path), path.read_bytes()
    for position in range(128, len(content), 97):
        path.write_bytes(content[:position] + bytes([content[position] ^ 16]) + content[position + 1 :])
        try:
            windows = loaded(path)
        except DataError:
            continue
        for name, values in expected.X.items():
            np.testing.assert_array_equal(windows.X[name], values)


@pytest.mark.parametrize(("position", "bit"), [(145, 8), (200, 1), (200, 64), (201, 128)])
def test_tags_that_would_crash_the_interpreter_are_refused(save: Callable[..., Path], position: int, bit: int) -> None:
    path = save(sample())
    content = bytearray(path.read_bytes())
    content[position] ^= bit
    path.write_bytes(content)
    assert "damaged: the array at byte 136 has a wrong tag" in str(fault(path))


def zipped(path: Path, content: bytes) -> Path:
    """The file with its arrays as the compressed content of one element, whose checksum is right."""
    packed = zlib.compress(content)
    path.write_bytes(path.read_bytes()[:128] + struct.pack("<II", 15, len(packed)) + packed)
    return path


@pytest.mark.parametrize(("position", "bit"), [(17, 8), (48, 1), (48, 64), (49, 128)])
def test_compressed_tags_that_would_crash_the_interpreter_are_refused(
    save: Callable[..., Path], position: int, bit: int
) -> None:
    path = save({"feas": np.zeros((12, 913))})
    content = bytearray(path.read_bytes()[128:])
    assert len(read_arrays(zipped(path, bytes(content)), ["feas"])["feas"]) == 12
    content[position] ^= bit
    with pytest.raises(DataError, match=r"7\.mat: damaged: the array at byte 136 has a wrong tag"):
        read_arrays(zipped(path, bytes(content)), ["feas"])


def test_a_compressed_array_that_is_too_large_is_refused(
    save: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save(merged())
    savemat(path, merged(), do_compression=True)
    monkeypatch.setattr(mat_arrays, "LARGEST", 50_000)
    assert "7.mat: the array at byte 136 states 87" in str(fault(path))


@pytest.mark.parametrize("rest", [b"", bytes(8), bytes(10**6)])
def test_a_compressed_array_with_a_wrong_end_is_refused(save: Callable[..., Path], rest: bytes) -> None:
    path = save({"feas": np.zeros((12, 913))})
    content = path.read_bytes()[128:]
    with pytest.raises(DataError, match="does not end where its tag states"):
        read_arrays(zipped(path, content + rest if rest else content[:-8]), ["feas"])


def test_an_array_that_appears_twice_is_refused(save: Callable[..., Path]) -> None:
    path = save(merged())
    content = path.read_bytes()
    path.write_bytes(content + content[128:])
    error = fault(path)
    assert (error.field, error.message) == ("feas", "appears twice")


@pytest.mark.parametrize("content", [b"", b"no MATLAB file", b"\x89HDF\r\n\x1a\n" + bytes(600), bytes(1000)])
def test_a_file_that_is_not_from_matlab_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "1.mat").write_bytes(content)
    assert "1.mat" in str(fault(tmp_path / "1.mat"))


def test_no_file_and_no_files(tmp_path: Path) -> None:
    assert "nowhere.mat: no such file" in str(fault(tmp_path / "nowhere.mat"))
    assert "does not hold a layout of DMER" in str(fault(tmp_path))


def test_two_layouts_in_a_folder(save: Callable[..., Path], tmp_path: Path) -> None:
    save(merged(), "1.mat")
    save(sample(), "2.mat")
    assert "2.mat, feas: there is no such array of numbers. The file has: test_eeg" in str(fault(tmp_path))


def test_a_file_of_neither_layout(save: Callable[..., Path]) -> None:
    error = fault(save({"elsewhere": np.zeros(3)}))
    assert "7.mat: does not hold a layout of DMER" in str(error)
    assert "dis_label" in error.message


def changed(arrays: Arrays, name: str, row: int, value: float) -> Arrays:
    """The arrays with one value written over the first of a row."""
    arrays[name] = arrays[name].copy()
    arrays[name].reshape(len(arrays[name]), -1)[row, 0] = value
    return arrays


FAULTS = {
    "merged, NaN": (changed(merged(), "feas", 3, np.nan), "feas", 3, "NaN"),
    "merged, too large a number": (changed(merged(), "feas", 3, 1e300), "feas", 3, "infinite"),
    "merged, NaN in a label": (changed(merged(), "dis_label", 9, np.nan), "dis_label", 9, "NaN"),
    "merged, negative label": (changed(merged(), "dis_label", 9, -0.1), "dis_label", 9, "negative"),
    "merged, off the simplex": (changed(merged(), "dis_label", 9, 0.9), "dis_label", 9, "sums to"),
    "merged, half a clip": (changed(merged(), "vids", 2, 0.5), "vids", 2, "0.5 is not a clip"),
    "merged, negative clip": (changed(merged(), "vids", 2, -1), "vids", 2, "-1 is not a clip"),
    "merged, NaN clip": (changed(merged(), "vids", 2, np.nan), "vids", 2, "nan is not a clip"),
    "merged, infinite clip": (changed(merged(), "vids", 2, np.inf), "vids", 2, "inf is not a clip"),
    "merged, no clips": ({k: v for k, v in merged().items() if k != "vids"}, "vids", None, "no such array of numbers"),
    "merged, too few columns": (merged() | {"feas": np.zeros((12, 912))}, "feas", None, "(12, 912)"),
    "merged, too few rows": (merged() | {"vids": np.zeros((11, 1))}, "vids", None, "(12, 1) is expected"),
    "merged, text": (
        merged() | {"dis_label": np.full((32, 10), "a", dtype=object)},
        "dis_label",
        None,
        "array of numbers",
    ),
    "merged, only rest": (merged() | {"vids": np.full((12, 1), 40.0)}, "", None, "no windows"),
    "sample, NaN": (changed(sample(), "test_ppg", 2, np.nan), "test_ppg", 2, "NaN"),
    "sample, off the simplex": (changed(sample(), "test_label", 1, 0.9), "test_label", 1, "sums to"),
    "sample, negative label": (changed(sample(), "train_label", 6, -1), "train_label", 6, "negative"),
    "sample, wrong shape": (sample() | {"test_eeg": np.zeros((3, 17, 4))}, "test_eeg", None, "(3, 17, 4)"),
    "sample, other length": (sample() | {"test_gsr": np.zeros((4, 1, 4))}, "test_gsr", None, "(4, 1, 4)"),
    "sample, empty": (sample(test=0), "test_eeg", None, "no rows"),
    "sample, no test rows": (
        {k: v for k, v in sample().items() if "test" not in k},
        "test_eeg",
        None,
        "no such array of numbers",
    ),
}


@pytest.mark.parametrize(("arrays", "field", "row", "message"), FAULTS.values(), ids=FAULTS)
def test_a_fault_names_file_field_and_row(
    save: Callable[..., Path], arrays: Arrays, field: str, row: int | None, message: str
) -> None:
    path = save(arrays)
    error = fault(path)
    assert (error.path, error.field, error.row) == (path, field, row)
    assert message in error.message
