"""Viewers are found by their files, in the order of their numbers."""

from pathlib import Path

import numpy as np
from scipy.io import savemat

from mpcl_plugins.sources._dmer.layout import LABELS, viewer_files, viewer_folders


def test_folders_come_by_number(tmp_path: Path) -> None:
    for number in (10, 9, 1):
        (tmp_path / f"{number}").mkdir()
        (tmp_path / f"{number}" / "datas.mat").write_text("")
    (tmp_path / "2").mkdir()
    assert [folder.name for folder in viewer_folders(tmp_path, ["datas.mat", "x.mat"])] == ["1", "9", "10"]
    assert viewer_folders(tmp_path / "9", ["datas.mat"]) == [tmp_path / "9"]
    assert viewer_folders(tmp_path / "none", ["datas.mat"]) == []


def test_files_are_viewers_where_the_first_holds_an_array_of_the_layout(tmp_path: Path) -> None:
    for number in (10, 9):
        savemat(tmp_path / f"{number}.mat", {"feas": np.zeros((2, 3)), "dis_label": np.zeros((32, 10))})
    (tmp_path / "datas.mat").write_text("a file of another layout")
    spec = {"feas": ("W", 3), **LABELS}
    assert [file.name for file in viewer_files(tmp_path, spec)] == ["9.mat", "10.mat"]
    assert viewer_files(tmp_path / "9.mat", spec) == [tmp_path / "9.mat"]
    assert viewer_files(tmp_path, {"other": (1, 1), **LABELS}) == []
