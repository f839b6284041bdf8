"""Graphs lose operations that only compute shapes, and keep their values for any number of windows."""

from collections.abc import Callable

import numpy as np
import pytest

from mpcl_core.model.exporting.onnx_simplify import simplify_graph

ir = pytest.importorskip("onnx_ir")
onnxruntime = pytest.importorskip("onnxruntime")

GRAPH = """
<ir_version: 10, opset_import: ["" : 20]>
reshaped (float[n, 2, 3] x) => (float[n, 6] y)
<int64[1] six = {6}, int64[1] one = {-1}, int64[2] parts = {3, 2}, float tiny = {1e-8}, float two = {2.0}> {
    length = Shape <start = 0, end = 1> (x)
    n = Squeeze (length)
    N = Reshape (n, one)
    turned_shape = Concat <axis = 0> (N, parts)
    turned = Reshape (x, turned_shape)
    flat_shape = Concat <axis = 0> (N, six)
    flat = Reshape (turned, flat_shape)
    scale = Mul (two, two)
    scaled = Mul (flat, scale)
    y = Add (scaled, tiny)
}
"""


def run(model: object) -> Callable[[np.ndarray], np.ndarray]:
    content = ir.to_proto(model).SerializeToString()
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    return lambda x: session.run(None, {"x": x})[0]


def test_reshapes_are_joined_and_constants_folded() -> None:
    import onnx

    model = ir.from_proto(onnx.shape_inference.infer_shapes(onnx.parser.parse_model(GRAPH)))
    x = np.arange(30, dtype=np.float32).reshape(5, 2, 3)
    before = run(model)(x)
    simplify_graph(model)
    assert [node.op_type for node in model.graph] == ["Reshape", "Mul", "Add"]
    assert np.array_equal(run(model)(x), before)
    assert run(model)(x[:1])[0, 0] == np.float32(1e-8)
