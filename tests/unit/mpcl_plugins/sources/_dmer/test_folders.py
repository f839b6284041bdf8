"""DMER in the layouts of a folder a viewer: recordings, and a feature file a modality. All files here are made up,
in the shapes that the data set states.
"""

import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from einops import rearrange
from scipy.io import savemat

from mpcl_core.interfaces.data import Recording, WindowSet
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources.dmer import DMER
from support.dmer_folders_files import RATES, SEEN, Arrays, Files, recorded, summed_up, windows

"""What ran, and for how many seconds."""
LEFT_OUT = [3, 4, 13, 16, 17, 27, 31]


def as_published(files: Files) -> Arrays:
    """The merged file, step by step as the authors' script makes it (in MATLAB's order of memory)."""
    feas, vids = [], []
    for clip in range(32):
        eeg, gsr, ppg, face = (
            files[file][field][files[file]["vids"][0] == clip]
            for file, field in (
                ("eegfea.mat", "feas"),
                ("perifea.mat", "feas_gsr"),
                ("perifea.mat", "feas_ppg"),
                ("videoFea.mat", "lbps_all"),
            )
        )
        if len(eeg):
            flat = np.reshape(eeg, (len(eeg), 90), order="F")
            feas.append(np.hstack([flat[4:], gsr, ppg, face[4:]]))
            vids.append(np.full((len(eeg) - 4, 1), clip))
    return {"feas": np.vstack(feas), "vids": np.vstack(vids), "dis_label": files["datas.mat"]["dis_label"]}


@pytest.fixture
def save(tmp_path: Path) -> Callable[..., Path]:
    """Writes the files of a viewer and answers the folder that holds all viewers."""

    def write(files: Files, viewer: str = "7", compressed: bool = False) -> Path:
        folder = tmp_path / "data" / viewer
        folder.mkdir(parents=True, exist_ok=True)
        for name, arrays in files.items():
            savemat(folder / name, arrays, do_compression=compressed)
        return tmp_path / "data"

    return write


def recordings(path: Path) -> list[Recording]:
    loaded = DMER(path=path, layout="raw").load()
    assert isinstance(loaded, Iterator)
    return list(loaded)


def fault(source: DMER) -> DataError:
    with pytest.raises(DataError) as caught:
        loaded = source.load()
        list(loaded if isinstance(loaded, Iterator) else ())
    return caught.value


def test_a_recording_holds_the_signals_of_one_clip(save: Callable[..., Path]) -> None:
    arrays = recorded()
    found = recordings(save({"datas.mat": arrays}))
    assert [recording.trial for recording in found] == ["12", "3", "31"]
    for recording in found:
        clip = int(recording.trial)
        for name, rate in RATES.items():
            stored = arrays[f"{name}_datas"]
            signal = recording.signals[name]
            assert (signal.sfreq, signal.start) == (rate, 0.0)
            np.testing.assert_array_equal(signal.values, stored[:-1, stored[-1] == clip].astype(np.float32))
        np.testing.assert_array_equal(recording.D, arrays["dis_label"][clip])


def test_a_recording_names_viewer_clip_and_condition(save: Callable[..., Path]) -> None:
    found = recordings(save({"datas.mat": recorded()}, "23"))
    assert [recording.condition for recording in found] == ["negative", "positive", "mixed"]
    assert all(recording.stimulus == recording.trial and recording.subject == "23" for recording in found)
    source = DMER(path=Path("nowhere"))
    assert all(len(recording.D) == len(source.labels) for recording in found)


def test_the_modalities_are_those_of_the_recordings(save: Callable[..., Path]) -> None:
    path = save({"datas.mat": recorded()})
    source = DMER(path=path)
    assert source.continuous
    for recording in recordings(path):
        for modality in source.modalities:
            signal = recording.signals[modality.name]
            assert (len(signal.values), signal.sfreq) == (modality.n_chans, modality.sfreq)


@pytest.mark.slow
@pytest.mark.parametrize("compressed", [False, True])
def test_viewers_are_those_of_the_study_in_the_order_of_their_numbers(
    save: Callable[..., Path], compressed: bool
) -> None:
    arrays = recorded(seen=[(40, 1), (5, 1)])
    empty = arrays | {"ppg_datas": np.zeros((0, 0)), "gsr_datas": np.zeros((0, 0))}
    for viewer in range(1, 81):
        path = save({"datas.mat": empty if viewer in LEFT_OUT else arrays}, str(viewer), compressed)
    found = [recording.subject for recording in recordings(path)]
    assert len(found) == 73
    assert found == [str(viewer) for viewer in range(1, 81) if viewer not in LEFT_OUT]
    (note,) = DMER(path=path).notes
    assert note == "Viewers left out, as their recordings are not valid: 3, 4, 13, 16, 17, 27, 31."


def test_folders_that_are_no_viewers_do_not_matter(save: Callable[..., Path]) -> None:
    path = save({"datas.mat": recorded()})
    (path / "code").mkdir()
    (path / "readme.txt").write_text("about")
    assert {recording.subject for recording in recordings(path)} == {"7"}


def test_one_viewer_is_in_memory_at_a_time(save: Callable[..., Path]) -> None:
    arrays = recorded(seen=[(clip, 30) for clip in range(8)])
    size = sum(values.nbytes for values in arrays.values())
    for viewer in range(6):
        path = save({"datas.mat": arrays}, f"v{viewer}")
    loaded = DMER(path=path).load()
    tracemalloc.start()
    count = sum(1 for _ in loaded)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 6 * 8
    assert peak < 2.5 * size


def test_a_signal_that_lacks_a_clip_is_absent_there(save: Callable[..., Path]) -> None:
    arrays = recorded()
    arrays["gsr_datas"][-1, arrays["gsr_datas"][-1] == 3] = 40
    found = {recording.trial: set(recording.signals) for recording in recordings(save({"datas.mat": arrays}))}
    assert found == {"12": set(RATES), "3": {"eeg", "ppg"}, "31": set(RATES)}


def test_a_dropout_stays_one(save: Callable[..., Path]) -> None:
    arrays = recorded()
    arrays["ppg_datas"][0, arrays["ppg_datas"][1] == 12] = np.nan
    first, second, _ = recordings(save({"datas.mat": arrays}))
    assert np.isnan(first.signals["ppg"].values).all()
    assert np.isfinite(second.signals["ppg"].values).all()


def test_complex_recordings_count_by_their_real_part(save: Callable[..., Path]) -> None:
    arrays = recorded()
    expected = recordings(save({"datas.mat": arrays}))
    path = save({"datas.mat": arrays | {"gsr_datas": arrays["gsr_datas"] + 1j}})
    for was, now in zip(expected, recordings(path), strict=True):
        np.testing.assert_array_equal(was.signals["gsr"].values, now.signals["gsr"].values)
    assert DMER(path=path).notes == ("The real part of complex values is taken: gsr_datas (1 of 1 viewers).",)


def test_files_are_matched_as_in_the_published_merging(save: Callable[..., Path]) -> None:
    files = summed_up(seen=sorted(SEEN))
    path = save(files)
    (path / "features").mkdir()
    savemat(path / "features" / "7.mat", as_published(files))
    found = windows(path)
    merged = DMER(path=path, layout="merged").load()
    assert isinstance(merged, WindowSet)
    assert found.modalities == merged.modalities
    for name, values in merged.X.items():
        np.testing.assert_array_equal(found.X[name], values)
    for column in ("D", "subject", "trial", "stimulus", "condition", "window", "weight"):
        np.testing.assert_array_equal(getattr(found, column), getattr(merged, column))


def test_a_window_is_the_second_of_eeg_and_face(save: Callable[..., Path]) -> None:
    files = summed_up()
    found = windows(save(files))
    assert found.trial.tolist() == ["3"] * 3 + ["12"] * 2 + ["31"]
    assert found.t_start.tolist() == [4, 5, 6, 4, 5, 4]
    assert found.window.tolist() == [0, 1, 2, 0, 1, 0]
    clip = files["eegfea.mat"]["vids"][0]
    eeg = rearrange(files["eegfea.mat"]["feas"][clip == 12], "w band chan -> w chan band")
    np.testing.assert_array_equal(found.X["eeg"][found.trial == "12"], eeg[4:].astype(np.float32))
    face = files["videoFea.mat"]["lbps_all"][clip == 12]
    np.testing.assert_array_equal(found.X["face"][found.trial == "12", 0], face[4:].astype(np.float32))
    np.testing.assert_array_equal(found.D[0], files["datas.mat"]["dis_label"][3])


def test_files_of_equal_length_are_used_completely(save: Callable[..., Path]) -> None:
    files = summed_up(shorter=0)
    found = windows(save(files))
    displayed = np.flatnonzero(files["perifea.mat"]["vids"][0] < 32)
    displayed = displayed[np.argsort(files["perifea.mat"]["vids"][0][displayed], kind="stable")]
    np.testing.assert_array_equal(found.X["gsr"][:, 0], files["perifea.mat"]["feas_gsr"][displayed].astype(np.float32))
    assert found.t_start.tolist() == found.window.tolist() == [*range(7), *range(6), *range(5)]


def test_clips_may_be_a_row_or_a_column(save: Callable[..., Path]) -> None:
    files = summed_up()
    expected = windows(save(files))
    for arrays in files.values():
        if "vids" in arrays:
            arrays["vids"] = arrays["vids"].T
    found = windows(save(files))
    np.testing.assert_array_equal(found.X["ppg"], expected.X["ppg"])
    np.testing.assert_array_equal(found.trial, expected.trial)


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("field", ["feas_gsr", "feas_ppg"])
def test_complex_features_count_by_their_real_part(save: Callable[..., Path], field: str, compressed: bool) -> None:
    files = summed_up()
    expected = windows(save(files))
    save(files, "8")
    files["perifea.mat"][field] = files["perifea.mat"][field] - 2j
    path = save(files, "7", compressed)
    found = windows(path)
    for name, values in expected.X.items():
        np.testing.assert_array_equal(found.X[name][found.subject == "7"], values)
    source = DMER(path=path, layout="features")
    assert source.notes == (f"The real part of complex values is taken: {field} (1 of 2 viewers).",)


def test_features_of_the_rest_do_not_matter(save: Callable[..., Path]) -> None:
    files = summed_up()
    rest = files["perifea.mat"]["vids"][0] >= 32
    files["perifea.mat"]["feas_gsr"] = np.vstack([files["perifea.mat"]["feas_gsr"], np.full((9, 28), np.nan)])
    files["perifea.mat"]["feas_ppg"] = np.vstack([files["perifea.mat"]["feas_ppg"], np.full((9, 27), np.nan)])
    files["perifea.mat"]["vids"] = np.append(files["perifea.mat"]["vids"][0], np.full(9, 40))[None]
    assert not rest.all()
    assert len(windows(save(files))) == 6


def test_the_layout_is_recognised_by_the_files(save: Callable[..., Path], tmp_path: Path) -> None:
    path = save({"datas.mat": recorded()})
    assert DMER(path=path).modalities == DMER(path=path / "7").modalities == DMER(path=path, layout="raw").modalities
    assert DMER(path=path).continuous
    (tmp_path / "flat").mkdir()
    savemat(tmp_path / "flat" / "7.mat", as_published(summed_up()))
    assert DMER(path=tmp_path / "flat").modalities == DMER(path=tmp_path / "flat", layout="merged").modalities


@pytest.mark.parametrize("viewer", ["", "7"])
def test_the_parameter_chooses_among_several_layouts(save: Callable[..., Path], viewer: str) -> None:
    path = save(summed_up()) / viewer
    assert str(fault(DMER(path=path))) == f"{path}: holds raw and features; name one in 'layout'"
    assert DMER(path=path, layout="raw").continuous
    assert not DMER(path=path, layout="features").continuous


@pytest.mark.parametrize("layout", ["features", "merged", "sample"])
def test_a_missing_layout_is_refused(save: Callable[..., Path], layout: str) -> None:
    path = save({"datas.mat": recorded()})
    error = fault(DMER(path=path, layout=layout))  # type: ignore[arg-type]
    assert error.path == path
    assert f"does not hold a layout of DMER ({layout}: " in error.message


@pytest.mark.parametrize("missing", ["eegfea.mat", "perifea.mat", "videoFea.mat", "datas.mat"])
def test_a_missing_feature_file_is_named(save: Callable[..., Path], missing: str) -> None:
    path = save({name: arrays for name, arrays in summed_up().items() if name != missing})
    with pytest.raises(DataError, match="no such file") as caught:
        _ = DMER(path=path, layout="features").modalities
    assert caught.value.path == path / "7" / missing


@pytest.mark.parametrize("name", ["datas.mat", "7.mat"])
def test_file_of_matlab_7_3_is_refused_with_the_command_that_converts_it(tmp_path: Path, name: str) -> None:
    text = b"MATLAB 7.3 MAT-file, Platform: GLNXA64, Created on: Mon Aug  5 10:00:00 2024 HDF5 schema 1.00 ."
    header = text.ljust(116) + bytes(8) + b"\x00\x02IM"
    (tmp_path / name).write_bytes(header.ljust(512, b"\0") + b"\x89HDF\r\n\x1a\n" + bytes(2000))
    with pytest.raises(DataError, match=rf"{name}: saved as MATLAB 7\.3 \(HDF5\).*'-v7'"):
        _ = DMER(path=tmp_path).modalities


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.9, 0.999])
def test_modalities_refuse_a_truncated_recording(save: Callable[..., Path], compressed: bool, share: float) -> None:
    path = save({"datas.mat": recorded()}, "7", compressed) / "7" / "datas.mat"
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(DataError, match=r"datas\.mat"):
        _ = DMER(path=path.parent.parent).modalities


def written(arrays: Arrays, field: str, place: tuple[int, int], value: float) -> Arrays:
    """The arrays with one value written over."""
    arrays[field][place] = value
    return arrays


RAW_FAULTS = {
    "channels missing": (
        recorded() | {"eeg_datas": np.zeros((18, 60))},
        "eeg_datas",
        None,
        "(18, 60), but (19, T_eeg)",
    ),
    "transposed": (recorded() | {"ppg_datas": recorded()["ppg_datas"].T}, "ppg_datas", None, "(2, T_ppg) is expected"),
    "no samples": (recorded() | {"gsr_datas": np.zeros((0, 0))}, "gsr_datas", None, "(2, T_gsr) is expected"),
    "no labels": ({k: v for k, v in recorded().items() if k != "dis_label"}, "dis_label", None, "no such array"),
    "31 clips rated": (recorded() | {"dis_label": recorded()["dis_label"][:31]}, "dis_label", None, "(32, 10)"),
    "labels transposed": (recorded() | {"dis_label": recorded()["dis_label"].T}, "dis_label", None, "(10, 32)"),
    "scores, not shares": (recorded() | {"dis_label": np.full((32, 10), 3.0)}, "dis_label", 0, "sums to 30"),
    "a rating missing": (written(recorded(), "dis_label", (9, 0), np.nan), "dis_label", 9, "NaN"),
    "half a clip": (written(recorded(), "gsr_datas", (-1, 5), 3.5), "gsr_datas", 5, "3.5 is not a clip"),
    "a clip of NaN": (written(recorded(), "eeg_datas", (-1, 5), np.nan), "eeg_datas", 5, "nan is not a clip"),
    "an infinite sample": (written(recorded(), "eeg_datas", (4, 700), np.inf), "eeg_datas", None, "at sample 700"),
    "too large a sample": (written(recorded(), "ppg_datas", (0, 300), 1e300), "ppg_datas", None, "at sample 300"),
    "an interrupted clip": (
        written(recorded(), "ppg_datas", (1, 300), 40),
        "ppg_datas",
        None,
        "begins again at sample",
    ),
    "only rest": (recorded(seen=[(40, 3)]), "", None, "no clip ran"),
}


@pytest.mark.parametrize(("arrays", "field", "row", "message"), RAW_FAULTS.values(), ids=RAW_FAULTS)
def test_a_fault_of_a_recording_names_file_field_and_row(
    save: Callable[..., Path], arrays: Arrays, field: str, row: int | None, message: str
) -> None:
    path = save({"datas.mat": arrays})
    error = fault(DMER(path=path))
    assert (error.path, error.field, error.row) == (path / "7" / "datas.mat", field, row)
    assert message in error.message


def features(file: str, **changed: np.ndarray) -> Files:
    files = summed_up()
    files[file] |= changed
    return files


GSR = summed_up()["perifea.mat"]["feas_gsr"]
FEATURE_FAULTS = {
    "other bands": (features("eegfea.mat", feas=np.zeros((25, 4, 18))), "eegfea.mat", "feas", None, "(W, 5, 18)"),
    "NaN": (features("perifea.mat", feas_gsr=GSR * np.nan), "perifea.mat", "feas_gsr", 0, "NaN"),
    "rows differ": (features("perifea.mat", feas_ppg=np.zeros((3, 27))), "perifea.mat", "feas_ppg", None, "(3, 27)"),
    "too few clips": (features("videoFea.mat", vids=np.zeros((1, 9))), "videoFea.mat", "vids", None, "for each of 25"),
    "clips in a square": (features("perifea.mat", vids=np.zeros((2, 3))), "perifea.mat", "vids", None, "for each of 6"),
    "a negative clip": (features("eegfea.mat", vids=np.full((1, 25), -1)), "eegfea.mat", "vids", 0, "-1 is not a clip"),
    "a clip is missing": (
        features("perifea.mat", vids=np.full((1, 6), 12)),
        "perifea.mat",
        "vids",
        None,
        "0 rows of clip 3",
    ),
}


@pytest.mark.parametrize(("files", "file", "field", "row", "message"), FEATURE_FAULTS.values(), ids=FEATURE_FAULTS)
def test_a_fault_of_the_features_names_file_field_and_row(
    save: Callable[..., Path], files: Files, file: str, field: str, row: int | None, message: str
) -> None:
    path = save(files)
    error = fault(DMER(path=path, layout="features"))
    assert (error.path, error.field, error.row) == (path / "7" / file, field, row)
    assert message in error.message
