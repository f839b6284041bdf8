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


def run(model: object) -> Callable[[np.ndarray], list[np.ndarray]]:
    content = ir.to_proto(model).SerializeToString()
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    return lambda x: session.run(None, {"x": x})


def test_reshapes_are_joined_and_constants_folded() -> None:
    import onnx

    model = ir.from_proto(onnx.shape_inference.infer_shapes(onnx.parser.parse_model(GRAPH)))
    x = np.arange(30, dtype=np.float32).reshape(5, 2, 3)
    (before,) = run(model)(x)
    simplify_graph(model)
    assert [node.op_type for node in model.graph] == ["Reshape", "Mul", "Add"]
    assert np.array_equal(run(model)(x)[0], before)
    assert run(model)(x[:1])[0][0, 0] == np.float32(1e-8)


CUT = """
<ir_version: 10, opset_import: ["" : 20]>
cut (float[n, 6] x) => (float[n, 2, 1] y, float[n, 6] z)
<int64[1] zero = {0}, int64[1] one = {1}, int64[1] two = {2}, int64[1] six = {6}, int64[2] same = {-1, 6},
 int64[3] parts = {-1, 2, 3}, int64[1] three = {3}, float[3, 1] weights = {1.0, 2.0, 3.0}, float[n, 6] reshaped, float[n, 2, 3] table, float[n, 3, 1] repeated> {
    first = Slice (x, zero, two, one)
    rest = Slice (x, two, six, one)
    joined = Concat <axis = 1> (first, rest)
    reshaped = Reshape (joined, same)
    turned = Concat <axis = 1> (rest, first)
    z = Add (reshaped, turned)
    n = Shape <start = 0, end = 1> (x)
    length = Concat <axis = 0> (n, three, one)
    repeated = Expand (weights, length)
    table = Reshape (reshaped, parts)
    y = MatMul (table, repeated)
}
"""


def test_pieces_in_order_and_repeated_weights_are_left_out() -> None:
    import onnx

    model = ir.from_proto(onnx.shape_inference.infer_shapes(onnx.parser.parse_model(CUT)))
    x = np.arange(12, dtype=np.float32).reshape(2, 6)
    before = run(model)(x)
    simplify_graph(model)
    assert sorted(node.op_type for node in model.graph) == ["Add", "Concat", "MatMul", "Reshape", "Slice", "Slice"]
    assert all(np.array_equal(one, other) for one, other in zip(run(model)(x), before, strict=True))
