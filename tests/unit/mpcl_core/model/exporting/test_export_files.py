"""Signals are unfolded by slices as torch unfolds them, and metadata are written beside a file."""

import json
from pathlib import Path

import pytest
import torch

from mpcl_core.model.exporting.export_files import export_metadata, unfold_by_slices, write_beside
from mpcl_core.model.exporting.graph import prepare_graph
from mpcl_plugins.transforms.zscore import ZScore
from support.small_models import small_model


@pytest.mark.parametrize(("length", "size", "step"), [(20, 8, 2), (21, 8, 3), (20, 4, 5), (9, 9, 4), (7, 1, 1)])
def test_unfolding_by_slices_gives_the_same_windows(length: int, size: int, step: int) -> None:
    x = torch.arange(2.0 * 3 * length).reshape(2, 3, length)
    assert torch.equal(unfold_by_slices(x, -1, size, step), x.unfold(-1, size, step))
    assert torch.equal(unfold_by_slices(x.mT, 1, size, step), x.mT.unfold(1, size, step))


def test_metadata_state_the_inputs_but_no_recipe(tmp_path: Path) -> None:
    model = small_model([ZScore(scope="subject")])
    write_beside(tmp_path / "m.pt2", export_metadata(model, prepare_graph(model)))
    about = json.loads((tmp_path / "m.pt2.json").read_text())
    assert about["takes_one_person"] is True
    assert [each["name"] for each in about["modalities"]] == ["eeg", "gsr", "face"]
    assert about["labels"] == list(model.labels)
    assert "recipe" not in about
