"""An ONNX file is read without torch, and its inputs are checked."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError, UsageError
from mpcl_core.model.onnx_model import METADATA, OnnxModel

helper = pytest.importorskip("onnx.helper")
FLOAT, BOOL = 1, 9
ABOUT = {"labels": ["joy", "fear"], "modalities": [{"name": "gsr", "n_chans": 1, "n_times": 2}]}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    inputs = [
        helper.make_tensor_value_info("gsr", FLOAT, ["n", 1, 2]),
        helper.make_tensor_value_info("present_gsr", BOOL, ["n"]),
    ]
    output = helper.make_tensor_value_info("D_pred", FLOAT, ["n", 2])
    nodes = [
        helper.make_node("Cast", ["present_gsr"], ["mask"], to=FLOAT),
        helper.make_node("Flatten", ["gsr"], ["flat"]),
        helper.make_node("Unsqueeze", ["mask", "axis"], ["column"]),
        helper.make_node("Mul", ["flat", "column"], ["masked"]),
        helper.make_node("Softmax", ["masked"], ["D_pred"]),
    ]
    axis = helper.make_tensor("axis", 7, [1], [1])
    graph = helper.make_graph(nodes, "small", inputs, [output], [axis])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    helper.set_model_props(model, {METADATA: json.dumps(ABOUT)})
    path = tmp_path_factory.mktemp("onnx") / "small.onnx"
    path.write_bytes(model.SerializeToString())
    return path


def test_absent_modality_counts_as_masked(file: Path) -> None:
    model = OnnxModel(file)
    D_pred = model.predict({"gsr": np.array([[[0.0, 50.0]], [[0.0, 50.0]]])}, {"gsr": np.array([True, False])})
    assert np.allclose(D_pred, [[0, 1], [0.5, 0.5]])
    assert model.labels == ("joy", "fear")


@pytest.mark.parametrize(
    ("X", "message"),
    [
        ({"eeg": np.zeros((2, 1, 2))}, "the model takes gsr, but the input has eeg"),
        ({}, "the modalities have no windows"),
        ({"gsr": np.zeros((2, 1, 3))}, r"gsr: shape \(2, 1, 3\), but the model takes \(N, 1, 2\)"),
        ({"gsr": np.array([[[0.0, np.nan]]])}, "gsr, row 0: holds NaN in part of a window"),
    ],
)
def test_wrong_input_is_one_sentence(file: Path, X: dict[str, np.ndarray], message: str) -> None:
    with pytest.raises(DataError, match=message):
        OnnxModel(file).predict(X)


def test_other_file_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "no.onnx").write_text("no")
    with pytest.raises(UsageError, match=r"no\.onnx is not what 'mpcl export --format onnx' wrote"):
        OnnxModel(tmp_path / "no.onnx")


def test_reader_imports_no_torch(file: Path) -> None:
    code = "import sys; from mpcl_core.model.onnx_model import OnnxModel; OnnxModel(sys.argv[1]); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code, str(file)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
