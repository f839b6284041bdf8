"""Export a model to a file, and compare the file with the model."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from mpcl_core.data.pooling import number_trials
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.interfaces.errors import DataError, UsageError
from mpcl_core.model.exporting.export import export_graph, random_inputs
from mpcl_core.model.exporting.export_files import (
    Arrays,
    Predict,
    export_metadata,
    onnx_bytes,
    onnx_program,
    torch_bytes,
    torch_predictor,
    write_beside,
)
from mpcl_core.model.exporting.graph import PreparedGraph, prepare_graph
from mpcl_core.model.folder_graph import FASTEST_SIZE, TIMED_SIZES
from mpcl_core.model.matching import match_windows
from mpcl_core.model.member import Member
from mpcl_core.model.model import Model
from mpcl_core.model.onnx_model import PRESENT, TRIAL, OnnxModel
from mpcl_core.runs.atomic_files import write_atomically
from mpcl_core.runs.layout import GRAPH, MANIFEST
from mpcl_core.runs.model_files import add_model_file
from mpcl_core.training.device import Device
from mpcl_core.training.trained_network import TrainedNetwork

Format = Literal["torch", "onnx"]

SUFFIXES: Mapping[Format, str] = {"torch": ".pt2", "onnx": ".onnx"}

LARGEST_DIFFERENCE = 1e-5
"""How far a share of an emotion may differ between the file and the model."""

WINDOWS = 1000
"""The windows of noise that are compared."""

PRESENT_SHARE = 0.7
"""The share of the modalities that are left present in the windows that are compared."""

NEW = "new person "
"""Before the name of a subject: the graph computes what the model computes for people whom it does not know."""


@dataclass(frozen=True)
class Exported:
    """Hold what was exported, and how well it agrees with the model.

    Args:
        path: the file.
        difference: the largest difference of a share of an emotion.
        windows: the number of windows that were compared.
        takes_one_person: a call takes all windows of one person.
        fastest_size: the largest timed number of windows for which an ONNX graph in the model folder is quicker than
            the network, 0 for none; None for other files.
    """

    path: Path
    difference: float
    windows: int
    takes_one_person: bool
    fastest_size: int | None = None


def export_model(
    model: Model, form: Format, out: Path, windows: Sequence[WindowSet] = (), *, is_timed: bool = False
) -> Exported:
    """Write transforms and network of a model as one graph, if it predicts what the model predicts.

    Args:
        model: the model.
        form: ``torch`` or ``onnx``.
        out: the file, with the suffix ``.pt2`` or ``.onnx``.
        windows: the windows with which file and model are compared; 1,000 windows of noise where there are none.
            Modalities are marked absent in them at random.
        is_timed: also find out for how many windows the graph is quicker than the network, and state it in the file.

    Returns:
        What was exported.

    Raises:
        UsageError: the suffix is another, a component cannot be exported, or packages for ONNX are not installed.
        DataError: the predictions differ by more than 1e-5.
        OSError: the file cannot be written.
    """
    if out.suffix != SUFFIXES[form]:
        raise UsageError(f"{out}: the name of a file for {form} ends in {SUFFIXES[form]}")
    if model.others or model.description.calibration is not None:
        kind = "an ensemble" if model.others else "a calibrated model"
        raise UsageError(f"{kind} cannot be exported as one graph; export a single network without calibration")
    prepared = prepare_graph(model)
    program, about = export_graph(prepared), export_metadata(model, prepared)
    onnx = (
        onnx_program(program, [each.name for each in prepared.inputs], prepared.takes_trials)
        if form == "onnx"
        else None
    )
    content = onnx_bytes(onnx, about) if onnx else torch_bytes(program, about)
    predict = _onnx_predictor(content) if onnx else torch_predictor(content)
    reference, compared = _in_float32(model), _with_absences(windows or [noise_windows(model)])
    difference = float(np.max([_difference(predict, reference, prepared, part) for part in compared]))  # NaN stays
    if not difference <= LARGEST_DIFFERENCE:
        raise DataError(
            f"the exported graph predicts other distributions than the model: they differ by {difference:.2g}"
        )
    fastest = _fastest_size(predict, reference, prepared) if is_timed else None
    if onnx and fastest is not None:
        content = onnx_bytes(onnx, about | {FASTEST_SIZE: fastest})
    write_atomically(out, content)
    if form == "torch":
        write_beside(out, about)
    return Exported(out, difference, sum(map(len, compared)), prepared.takes_one_person, fastest)


def export_into_folder(model: Model, folder: Path, windows: Sequence[WindowSet] = ()) -> Exported:
    """Add an ONNX graph to a model folder, with which the model then predicts where that is quicker.

    Args:
        model: the model of the folder.
        folder: the model folder.
        windows: as for `export_model`.

    Returns:
        What was exported.

    Raises:
        UsageError: the folder is a part of a run, the recipe states ``precision: bf16``; or as `export_model`.
        DataError: as `export_model`.
    """
    if any((parent / MANIFEST).is_file() for parent in folder.absolute().parents):
        raise UsageError(f"{folder} is a part of a run, whose files do not change; copy it, or name a file with --out")
    if isinstance(model.trained, TrainedNetwork) and model.trained.device.precision != "32":
        raise UsageError("an exported graph computes in float32, but the model in bfloat16; name a file with --out")
    exported = export_model(replace(model, graph=None), "onnx", folder / GRAPH, windows, is_timed=True)
    add_model_file(folder, GRAPH)
    return exported


def noise_windows(model: Model, n: int = WINDOWS) -> WindowSet:
    """Draw windows of noise for a model.

    Args:
        model: the model.
        n: the number of windows.

    Returns:
        The windows; all have every modality, count as those of one person, and four share a trial.
    """
    X, _ = random_inputs(model.modalities, n)
    windows = match_windows({name: values.numpy() for name, values in X.items()}, model.description)
    return replace(windows, trial=(np.arange(n) // 4).astype(str))


def _with_absences(parts: Sequence[WindowSet]) -> list[WindowSet]:
    rng = np.random.default_rng(0)
    changed = []
    for windows in parts:
        present = {name: mask & (rng.random(len(mask)) < PRESENT_SHARE) for name, mask in windows.present.items()}
        subject = np.array([NEW + each for each in windows.subject.tolist()])
        changed.append(replace(windows, present=present, subject=subject).with_signals(windows.X))
    return changed


def _in_float32(model: Model) -> Model:
    first, *others = (
        replace(member, trained=replace(member.trained, device=Device("cpu", "32")))
        for member in (Member(model.transforms, model.trained), *model.others)
        if isinstance(member.trained, TrainedNetwork)
    )
    return replace(model, graph=None, trained=first.trained, others=others)


def _onnx_predictor(content: bytes) -> Predict:
    onnx = OnnxModel(content)
    return lambda X, present, trial: onnx.run(
        {**X, **{PRESENT + name: mask for name, mask in present.items()}, **({} if trial is None else {TRIAL: trial})}
    )


def _difference(predict: Predict, model: Model, prepared: PreparedGraph, windows: WindowSet) -> float:
    subjects = sorted(set(windows.subject.tolist())) if prepared.takes_one_person else [None]
    found = []
    for subject in subjects:
        part = windows if subject is None else windows.take(np.flatnonzero(windows.subject == subject))
        D_pred = predict(*graph_inputs(prepared, part))
        found.append(np.abs(D_pred - model.distributions(part)).max())
    return float(np.max(found))


def graph_inputs(prepared: PreparedGraph, windows: WindowSet) -> tuple[Arrays, Arrays, np.ndarray | None]:
    """Return the inputs of a graph for some windows.

    Args:
        prepared: the graph.
        windows: N windows with the modalities of the model.

    Returns:
        Modality name -> values, modality name -> presence masks, and the numbers of the trials where the graph takes
        them; tables that the caller supplies are absent.
    """
    n = len(windows)
    X, present = dict(windows.X), dict(windows.present)
    for each in prepared.inputs:
        X.setdefault(each.name, np.zeros((n, each.n_chans, each.n_times or 1), np.float32))
        present.setdefault(each.name, np.zeros(n, bool))
    names = [each.name for each in prepared.inputs]
    trial = number_trials(windows)[0] if prepared.takes_trials else None
    return {name: X[name] for name in names}, {name: present[name] for name in names}, trial


def _fastest_size(predict: Predict, model: Model, prepared: PreparedGraph) -> int:
    """Time graph and network for the sizes of `TIMED_SIZES`, one after the other.

    Returns:
        The largest size up to which the graph is the quicker.
    """
    fastest = 0
    for size in TIMED_SIZES:
        windows = noise_windows(model, size)
        inputs = graph_inputs(prepared, windows)
        by_graph, by_network = [], []
        for _ in range(15):
            by_graph.append(_seconds(lambda: predict(*inputs)))  # noqa: B023 called at once
            by_network.append(_seconds(lambda: model.distributions(windows)))  # noqa: B023
        if statistics.median(by_graph) > statistics.median(by_network):
            break
        fastest = size
    return fastest


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start
