"""Clips are cut out of each array by the numbers in its last row, and come in the order in which they were seen."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from mpcl_core.interfaces.data import Recording
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources._dmer.layout import RECORDED
from mpcl_plugins.sources._dmer.raw import read
from support.dmer_folders_files import recorded

Arrays = dict[str, np.ndarray]
SHORT = [(40, 1), (12, 2), (40, 1), (3, 1), (35, 1)]


def viewer(folder: Path, change: Callable[[Arrays], None] = lambda _: None) -> Path:
    arrays = recorded(seen=SHORT)
    change(arrays)
    (folder / "7").mkdir()
    savemat(folder / "7" / RECORDED, arrays)
    return folder / "7"


def clips(folder: Path) -> list[Recording]:
    return list(read(folder))


def test_clips_come_in_the_order_in_which_they_were_seen_without_rest(tmp_path: Path) -> None:
    found = clips(viewer(tmp_path))
    assert [(each.subject, each.trial, each.stimulus, each.condition) for each in found] == [
        ("7", "12", "12", "negative"),
        ("7", "3", "3", "positive"),
    ]
    arrays = recorded(seen=SHORT)
    np.testing.assert_allclose(found[1].D, arrays["dis_label"][3])
    eeg = found[1].signals["eeg"]
    assert eeg.sfreq == 300.0
    np.testing.assert_allclose(eeg.values, arrays["eeg_datas"][:-1, 4 * 300 : 5 * 300].astype(np.float32))
    assert {name: signal.values.shape for name, signal in found[0].signals.items()} == {
        "eeg": (18, 600),
        "gsr": (1, 8),
        "ppg": (1, 200),
    }


def test_modality_without_the_clip_is_absent(tmp_path: Path) -> None:
    def forget(arrays: Arrays) -> None:
        numbers = arrays["gsr_datas"][-1]
        numbers[numbers == 3] = 40

    assert [list(each.signals) for each in clips(viewer(tmp_path, forget))] == [["eeg", "gsr", "ppg"], ["eeg", "ppg"]]


def again(arrays: Arrays) -> None:
    arrays["ppg_datas"][-1, -50:] = 12


def infinite(arrays: Arrays) -> None:
    arrays["eeg_datas"][2, 310] = np.inf


def rest(arrays: Arrays) -> None:
    for name in ("eeg", "gsr", "ppg"):
        arrays[f"{name}_datas"][-1] = 40


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (again, "clip 12 begins again at sample 550"),
        (infinite, "holds an infinite value at sample 310"),
        (rest, "no clip ran"),
    ],
)
def test_fault_of_an_array_is_named(change: Callable[[Arrays], None], message: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=message):
        clips(viewer(tmp_path, change))
