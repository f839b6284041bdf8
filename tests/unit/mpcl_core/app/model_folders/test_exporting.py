"""Exported files predict what the model predicts, and a model folder predicts with its own graph."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from mpcl_core.app.model_folders.exporting import Exported, export_into_folder, export_model
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.model.onnx_model import OnnxModel
from mpcl_plugins.encoders.channel_tokens import ChannelTokens
from mpcl_plugins.fusions.msaf import MSAF
from mpcl_plugins.heads.hsc import HSC
from mpcl_plugins.transforms.zscore import ZScore
from support.small_models import new_person, small_model
from support.specs import block, network

pytest.importorskip("onnxscript")


def model():  # type: ignore[no-untyped-def]  # noqa: ANN201
    spec = network()
    stream = spec.streams["physiological"]
    stream = replace(
        stream, encoders={**stream.encoders, "eeg": block(ChannelTokens)}, fusion=block(MSAF, primary="eeg")
    )
    return small_model(
        [ZScore(scope="subject")], replace(spec, streams={**spec.streams, "physiological": stream}, head=block(HSC))
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Exported]:
    path = tmp_path_factory.mktemp("model")
    (path / "model.json").write_text('{"format_version": 2, "files": {}}')
    return path, export_into_folder(model(), path)


@pytest.mark.slow
def test_graph_of_a_folder_agrees_on_a_thousand_windows(folder: tuple[Path, Exported]) -> None:
    path, exported = folder
    assert (exported.windows, exported.takes_one_person) == (1000, True)
    assert exported.difference < 1e-5
    assert list(json.loads((path / "model.json").read_text())["files"]) == ["graph.onnx"]


@pytest.mark.slow
def test_any_number_of_windows_is_predicted(folder: tuple[Path, Exported]) -> None:
    onnx, eager = OnnxModel(folder[0] / "graph.onnx"), model()
    for n in (1, 5, 31):
        windows = new_person(n)
        difference = onnx.predict(windows.X, windows.present) - eager.distributions(windows)
        assert np.abs(difference).max() < 1e-5
    assert onnx.metadata["fastest_size"] in (0, 1, 8, 64)


@pytest.mark.slow
def test_file_for_torch_agrees_and_holds_its_metadata(tmp_path: Path) -> None:
    exported = export_model(model(), "torch", tmp_path / "m.pt2", [new_person(40)])
    assert exported.difference < 1e-5
    extra = {"mpcl": ""}
    torch.export.load(tmp_path / "m.pt2", extra_files=extra)
    assert json.loads(extra["mpcl"]) == json.loads((tmp_path / "m.pt2.json").read_text())


def test_suffix_must_fit_the_format(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"the name of a file for torch ends in \.pt2"):
        export_model(model(), "torch", tmp_path / "m.onnx")


def test_graph_is_not_added_to_a_run_or_in_another_precision(tmp_path: Path) -> None:
    (tmp_path / "lock.json").touch()
    with pytest.raises(UsageError, match="is a part of a run"):
        export_into_folder(model(), tmp_path / "jobs" / "main" / "0" / "s01" / "model")
    (tmp_path / "lock.json").unlink()
    eager = model()
    eager.trained.device = replace(eager.trained.device, precision="bf16")
    with pytest.raises(UsageError, match="computes in float32, but the model in bfloat16"):
        export_into_folder(eager, tmp_path)
