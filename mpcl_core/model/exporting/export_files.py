"""Write exported models to files, and predict with the files."""

import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.export import ExportedProgram

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.model.exporting.export import quiet
from mpcl_core.model.exporting.graph import PreparedGraph
from mpcl_core.model.exporting.onnx_simplify import simplify_graph
from mpcl_core.model.model import Model
from mpcl_core.model.onnx_model import METADATA, OUTPUT, PRESENT, TRIAL
from mpcl_core.runs.atomic_files import write_atomically

Arrays = Mapping[str, np.ndarray]

Predict = Callable[[Arrays, Arrays, np.ndarray | None], np.ndarray]
"""(values, presence masks, numbers of the trials or None) -> (N, k) distributions."""


def export_metadata(model: Model, prepared: PreparedGraph) -> dict[str, Any]:
    """Return what has to be known of an exported model in order to use it.

    Args:
        model: the model.
        prepared: the model as one module.

    Returns:
        The content of ``model.json`` without recipe and plugins; ``modalities`` are those that the graph takes.
    """
    stated = model.description.as_json()
    left_out = ("recipe", "plugins", "inputs")
    return {key: value for key, value in stated.items() if key not in left_out} | {
        "modalities": [asdict(modality) for modality in prepared.inputs],
        "takes_one_person": prepared.takes_one_person,
        "takes_trials": prepared.takes_trials,
    }


def torch_bytes(program: ExportedProgram, about: Mapping[str, Any]) -> bytes:
    """Return a recorded model as a file for `torch.export.load`.

    Its metadata are the extra file ``mpcl``.

    Args:
        program: the recorded model.
        about: its metadata.

    Returns:
        The content of a ``.pt2`` file.
    """
    content = io.BytesIO()
    with quiet():
        torch.export.save(program, content, extra_files={METADATA: json.dumps(about)})
    return content.getvalue()


def torch_predictor(content: bytes) -> Predict:
    """Load a recorded model from the content of its file.

    Args:
        content: as `torch_bytes` returned it.

    Returns:
        A function that predicts.
    """
    with quiet():
        module = torch.export.load(io.BytesIO(content)).module()

    def predict(X: Arrays, present: Arrays, trial: np.ndarray | None) -> np.ndarray:
        inputs: list[Any] = [{n: torch.from_numpy(v) for n, v in each.items()} for each in (X, present)]
        with torch.no_grad():
            output: Tensor = module(*inputs, *([] if trial is None else [torch.from_numpy(trial)]))
        return output.numpy()

    return predict


def onnx_program(program: ExportedProgram, names: Sequence[str], takes_trials: bool = False) -> torch.onnx.ONNXProgram:
    """Translate a recorded model to ONNX.

    Args:
        program: the recorded model.
        names: the modalities that it takes, in order.
        takes_trials: it also takes the number of each window's trial.

    Returns:
        The translated model; the input ``present_<name>`` is the mask of the modality ``<name>``.

    Raises:
        UsageError: the packages for ONNX are not installed, or ONNX has no form for an operation.
    """
    try:
        import onnxscript  # noqa: F401
    except ModuleNotFoundError:
        raise UsageError("exporting to ONNX needs more packages: pip install 'mpcl[onnx]'") from None
    table = torch.export.default_decompositions()
    table[torch.ops.aten.unfold.default] = unfold_by_slices
    try:
        with torch.no_grad(), quiet():
            exported = torch.onnx.export(
                program.run_decompositions(table),
                dynamo=True,
                verbose=False,
                optimize=False,  # it drops the constant 1e-8 that keeps norms from being 0
                input_names=[*names, *(PRESENT + name for name in names), *([TRIAL] if takes_trials else [])],
                output_names=[OUTPUT],
            )
    except torch.onnx.OnnxExporterError as error:
        raise UsageError(f"cannot be exported to ONNX: {_root_cause(error, program)}") from error
    assert exported is not None
    simplify_graph(exported.model)
    return exported


def onnx_bytes(program: torch.onnx.ONNXProgram, about: Mapping[str, Any]) -> bytes:
    """Return a model as an ONNX file, with its metadata under ``mpcl`` in its properties.

    Args:
        program: the translated model.
        about: its metadata.

    Returns:
        The content of an ``.onnx`` file.
    """
    program.model.metadata_props[METADATA] = json.dumps(about)
    content: bytes = program.model_proto.SerializeToString()
    return content


def write_beside(path: Path, about: Mapping[str, Any]) -> None:
    """Write the metadata of an exported model beside its file.

    Args:
        path: the file; ``.json`` is appended to its name.
        about: the metadata.

    Raises:
        OSError: the file cannot be written.
    """
    write_atomically(path.with_name(f"{path.name}.json"), (json.dumps(about, indent=1) + "\n").encode())


def unfold_by_slices(x: Tensor, axis: int, size: int, step: int) -> Tensor:
    """Return overlapping windows of a signal, made of few slices.

    ONNX Runtime gathers single values slowly.

    Args:
        x: values.
        axis: the axis to unfold.
        size: the length of a window.
        step: the distance between two windows.

    Returns:
        The windows: their number in place of the axis, and their values along a new last axis.

    Example:
        >>> unfold_by_slices(torch.arange(6), 0, 4, 2).tolist()
        [[0, 1, 2, 3], [2, 3, 4, 5]]
    """
    if axis not in (-1, x.ndim - 1):
        return unfold_by_slices(x.movedim(axis, -1), -1, size, step).movedim(-2, axis)
    n, parts = (x.shape[-1] - size) // step + 1, -(-size // step)
    lacking = (n + parts - 1) * step - x.shape[-1]
    padded = torch.nn.functional.pad(x, (0, lacking)) if lacking else x  # a negative number of values is cut off
    blocks = padded.reshape(*padded.shape[:-1], n + parts - 1, step)
    return torch.cat([blocks[..., part : part + n, :] for part in range(parts)], -1)[..., :size]


def _root_cause(error: BaseException, program: ExportedProgram) -> str:
    """Describe the first error of a chain, with the part of the network that ONNX has no form for.

    Returns:
        One line.
    """
    while error.__cause__ is not None:
        error = error.__cause__
    text = " ".join(str(error).split())
    if (found := re.search(r"op='([\w.]+)', overload='(\w+)'", text)) is None:
        return f"{type(error).__name__}: {text[:200]}"
    operation = ".".join(found.groups())
    node = next((each for each in program.graph.nodes if str(each.target) == operation), None)
    stack = list(node.meta.get("nn_module_stack", {}).values()) if node is not None else []
    where = f" in {stack[-1][0]} ({str(stack[-1][1]).rpartition('.')[2]})" if stack else ""
    return f"ONNX has no form for {operation}{where}"
