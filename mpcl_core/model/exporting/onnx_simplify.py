"""Reduce the operations of an ONNX graph, whose number decides how long ONNX Runtime takes for few windows."""

from typing import Any

import numpy as np


def simplify_graph(model: Any) -> None:
    """Fold what does not depend on the inputs, and leave out what only changes shapes.

    Every number stays as it is: the rules of ONNX Script's optimiser are left out, since they drop an added 1e-8.

    Args:
        model: a model of `onnx_ir`, which is changed.
    """
    import onnx_ir.passes.common as passes  # heavy, and not part of every installation
    from onnxscript import optimizer

    passes.InlinePass()(model)
    passes.IdentityEliminationPass()(model)
    optimizer.fold_constants(model)
    passes.LiftConstantsToInitializersPass(lift_all_constants=True, size_limit=0)(model)
    for node in list(model.graph):
        if node.op_type == "Reshape":
            _state_shape(model, node)
    for node in list(model.graph):
        if node.op_type == "Reshape":
            _skip_earlier_reshapes(node)
    passes.DeduplicateInitializersPass(size_limit=2**16)(model)
    passes.CommonSubexpressionEliminationPass()(model)
    for node in list(model.graph):
        if node.op_type == "Reshape" and _has_same_shape(node.inputs[0], node.outputs[0]):
            node.outputs[0].replace_all_uses_with(node.inputs[0])
        elif node.op_type == "Concat" and (whole := _cut_value(node)) is not None:
            node.outputs[0].replace_all_uses_with(whole)
        elif node.op_type == "MatMul":
            _skip_expansion(node)
    passes.RemoveUnusedNodesPass()(model)


def _state_shape(model: Any, reshape: Any) -> None:
    """Replace a shape that is computed from the number of windows by a constant with -1."""
    import onnx_ir

    entries = None if _constant(reshape.inputs[1]) else _shape_entries(reshape.inputs[1])
    if entries is None or 0 in entries or entries.count(-1) != 1:
        return
    shape = np.array(entries, np.int64)
    name = f"shape_{'_'.join(map(str, entries))}"
    if name not in model.graph.initializers:
        value = onnx_ir.Value(name=name, const_value=onnx_ir.tensor(shape, name=name))
        model.graph.register_initializer(value)
    reshape.replace_input_with(1, model.graph.initializers[name])


def _skip_earlier_reshapes(reshape: Any) -> None:
    while (earlier := reshape.inputs[0].producer()) is not None and earlier.op_type in ("Reshape", "Unsqueeze"):
        shape = _constant(reshape.inputs[1])
        if shape is None or 0 in shape:
            return
        reshape.replace_input_with(0, earlier.inputs[0])


def _skip_expansion(product: Any) -> None:
    """Leave out that an operand of a product is repeated, since the product does so by itself."""
    for place, other in ((0, 1), (1, 0)):
        earlier = product.inputs[place].producer()
        if earlier is None or earlier.op_type != "Expand":
            continue
        repeated, stored = product.inputs[place].shape, earlier.inputs[0].shape
        leading = product.inputs[other].shape
        if repeated is None or stored is None or leading is None or len(stored) < 2:
            continue
        if tuple(repeated)[-2:] == tuple(stored)[-2:] and tuple(repeated)[:-2] == tuple(leading)[:-2]:
            product.replace_input_with(place, earlier.inputs[0])


def _cut_value(concat: Any) -> Any:
    """Find the value that was cut in pieces which are joined again.

    Returns:
        The value; None where the pieces are not all of one value, in order.
    """
    whole, end = None, 0
    for piece in concat.inputs:
        cut = piece.producer()
        if cut is None or cut.op_type != "Slice" or whole not in (None, cut.inputs[0]):
            return None
        starts, ends, axes, *steps = (_constant(value) for value in cut.inputs[1:])
        if starts != [end] or ends is None or axes != [concat.attributes["axis"].value] or steps not in ([], [[1]]):
            return None
        whole, end = cut.inputs[0], ends[0]
    return whole if _has_same_shape(whole, concat.outputs[0]) else None


def _has_same_shape(one: Any, other: Any) -> bool:
    return one.shape is not None and other.shape is not None and tuple(one.shape) == tuple(other.shape)


def _shape_entries(shape: Any) -> list[int] | None:
    """Read a shape with at most one entry that is not constant.

    Returns:
        The entries, -1 where one is computed; None where more is unknown.
    """
    if (constant := _constant(shape)) is not None:
        return constant
    concat = shape.producer()
    if concat is None or concat.op_type != "Concat":
        return None
    entries: list[int] = []
    for part in concat.inputs:
        constant = _constant(part)
        if constant is None and not _is_single(part):
            return None
        entries += [-1] if constant is None else constant
    return entries


def _is_single(part: Any) -> bool:
    reshape = part.producer()
    return reshape is not None and reshape.op_type == "Reshape" and reshape.inputs[0].shape == ()


def _constant(value: Any) -> list[int] | None:
    import onnx_ir

    tensor = onnx_ir.convenience.get_const_tensor(value)
    return None if tensor is None else tensor.numpy().reshape(-1).tolist()
