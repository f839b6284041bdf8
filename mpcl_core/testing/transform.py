"""Check a transform of any of the four kinds."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from mpcl_core.interfaces.components import (
    AffineMap,
    FittedTransform,
    MergeableTransform,
    RecordingTransform,
    SubjectTransform,
    Transform,
    Windowing,
    WindowTransform,
)
from mpcl_core.interfaces.data import Recording, Signal, WindowSet
from mpcl_core.interfaces.errors import DataError
from mpcl_core.testing.common import demand_process_state_unchanged
from mpcl_core.testing.failure import ContractError, demand, demand_equal
from mpcl_core.testing.fitted_state import state_round_trip
from mpcl_core.testing.immutability import demand_unchanged
from mpcl_core.testing.transform_kinds import Data, build_case, read_signals, relabel


def outputs_match(cls: type[Transform], parameters: Mapping[str, Any]) -> None:
    """Require that ``outputs`` declares, from metadata alone, the modalities that ``transform`` returns.

    `mpcl check` builds the network from it.
    """
    case = build_case(cls, parameters)
    declared = cls(**parameters).outputs(case.modalities)
    for data in case.inputs:
        result = case.apply(case.build(), data)
        if isinstance(result, WindowSet):
            message = f"outputs() declares {declared}, but transform() returns {result.modalities}"
            demand(result.modalities == declared, message)
            for modality in declared:
                shape, wanted = result.X[modality.name].shape[1:], (modality.n_chans, modality.n_times)
                message = f"a window of '{modality.name}' has shape {shape}, but outputs() declares {wanted}"
                demand(shape == wanted, message)
        else:
            _compare(result, {m.name: (m.n_chans, m.sfreq) for m in declared})


def _compare(result: Recording, declared: Mapping[str, tuple[int, float | None]]) -> None:
    for name, signal in result.signals.items():
        found = len(signal.values), signal.sfreq
        message = f"'{name}' has {found} (channels, Hz), but outputs() declares {declared.get(name)}"
        demand(declared.get(name) == found, message)


def input_unchanged(cls: type[Transform], parameters: Mapping[str, Any]) -> None:
    """Require that ``fit`` and ``transform`` do not change their inputs, which other variants use."""
    case = build_case(cls, parameters)
    if case.fitting is not None:
        with demand_unchanged(case.fitting, "fit"):
            case.build()
    transform = case.build()
    for data in case.inputs:
        with demand_unchanged(data, "transform"):
            case.apply(transform, data)


def labels_not_used(cls: type[Transform], parameters: Mapping[str, Any]) -> None:
    """Require that the labels of the transformed windows do not change the signals.

    In a fold they are also the labels of the test windows.
    """
    case = build_case(cls, parameters)
    for data in case.inputs:
        result, other = (case.apply(case.build(), each) for each in (data, relabel(data)))
        _demand_same(result, other, "depends on the labels of the transformed windows")


def learns_only_in_fit(cls: type[Transform], parameters: Mapping[str, Any]) -> None:
    """Require that ``transform`` learns nothing, and that ``fit`` forgets what was fitted before."""
    case = build_case(cls, parameters)
    used = case.build()
    for data in case.inputs:
        case.apply(used, data)
    for data in case.inputs:
        fresh = case.apply(case.build(), data)
        _demand_same(fresh, case.apply(used, data), "depends on what was transformed before")
    if isinstance(used, FittedTransform) and case.fitting is not None:
        refitted = cls(**parameters).fit(case.inputs[0]).fit(case.fitting)  # type: ignore[attr-defined]
        data = case.inputs[-1]
        fresh = case.apply(case.build(), data)
        _demand_same(fresh, case.apply(refitted, data), "depends on what was fitted before")


def fit_transform_consistent(cls: type[FittedTransform], parameters: Mapping[str, Any]) -> None:
    """Require that ``fit_transform`` returns and learns the same as ``fit`` followed by ``transform``."""
    case = build_case(cls, parameters)
    if case.fitting is None:
        return
    fitted, fit_transformed = case.build(), cls(**parameters)
    result = fit_transformed.fit_transform(case.fitting)
    message = "differs between fit_transform() and fit().transform()"
    _demand_same(case.apply(fitted, case.fitting), result, message)
    for data in case.inputs:
        results = case.apply(fitted, data), case.apply(fit_transformed, data)
        _demand_same(*results, "depends on whether fit_transform() or fit() was called")


def statistics_merge(cls: type[MergeableTransform], parameters: Mapping[str, Any]) -> None:
    """Require that merged statistics fit as all windows do, and that the maps do what ``transform`` does."""
    case = build_case(cls, parameters)
    fitted, merged = case.build(), cls(**parameters)
    if case.fitting is None or not merged.merges:
        return
    sides = np.array_split(np.arange(len(case.fitting)), 3)
    unlabelled = replace(case.fitting, D=np.full_like(case.fitting.D, np.nan))
    parts = [merged.statistics(unlabelled.take(side)) for side in sides]
    merged.fit_statistics(merged.merge(parts))
    for data in case.inputs:
        expected = read_signals(case.apply(fitted, data))
        for name, values in read_signals(case.apply(merged, data)).items():
            message = f"'{name}' differs between a fit on all windows and one from the merged statistics of parts"
            demand_equal(values, expected[name], message, 1e-5)
        _demand_maps(merged.affine_maps(), data, expected)


def subjects_join(cls: type[SubjectTransform], parameters: Mapping[str, Any]) -> None:
    """Require that subjects that are fitted one by one and joined equal a fit on all.

    Their maps have to do what ``fit_transform`` and ``transform`` do.
    """
    case = build_case(cls, parameters)
    fitted, joined = case.build(), cls(**parameters)
    if case.fitting is None or not joined.by_subject:
        return
    unlabelled = replace(case.fitting, D=np.full_like(case.fitting.D, np.nan))
    parts = {subject: cls(**parameters) for subject in np.unique(unlabelled.subject).tolist()}
    for subject, part in parts.items():
        part.fit(_of_subject(unlabelled, subject))
    joined.join(list(parts.values()))
    transformed = cls(**parameters).fit_transform(case.fitting)
    for subject, part in parts.items():
        own = read_signals(_of_subject(transformed, subject))
        _demand_maps(part.affine_maps(), _of_subject(case.fitting, subject), own)
    for data in case.inputs:
        expected = case.apply(fitted, data)
        _demand_same(expected, case.apply(joined, data), "differs between a fit on all windows and on joined subjects")
        for subject in np.unique(data.subject).tolist() if isinstance(data, WindowSet) else ():
            windows, part = _of_subject(data, subject), parts.get(subject) or cls(**parameters)
            _demand_maps(part.maps_of(windows), windows, read_signals(_of_subject(expected, subject)))


def _of_subject(windows: Data, subject: str) -> WindowSet:
    assert isinstance(windows, WindowSet)
    return windows.take(np.flatnonzero(windows.subject == subject))


def _demand_maps(maps: Mapping[str, AffineMap], data: Data, expected: Mapping[str, np.ndarray]) -> None:
    for name, values in read_signals(data).items():
        own = maps.get(name, AffineMap(np.zeros((1, 1)), np.ones((1, 1))))
        present = data.present[name] if isinstance(data, WindowSet) else np.ones(len(values), bool)
        mapped = np.where(present[:, None, None], (values - own.offset) / own.scale, 0).astype(np.float32)
        demand_equal(
            mapped,
            expected[name],
            f"'{name}' differs between transform() and its maps, affine_maps() or maps_of()",
            1e-5,
        )


def windows_do_not_mix(cls: type[Transform], parameters: Mapping[str, Any]) -> None:
    """Require the same result for a window alone and among others.

    A transform with ``transductive`` set is exempt.
    """
    case = build_case(cls, parameters)
    transform = case.build()
    if getattr(transform, "transductive", False):
        return
    windows = case.inputs[0]
    batched = read_signals(case.apply(transform, windows))
    for index in range(3):
        single = case.apply(transform, windows.take(np.arange(index, index + 1)))  # type: ignore[union-attr]
        for name, values in read_signals(single).items():
            message = f"'{name}' of window {index} differs between the window alone and among others"
            demand_equal(values[0], batched[name][index], message, 1e-5)


def absent_stays_zero(cls: type[Transform], parameters: Mapping[str, Any]) -> None:
    """Require results that are zero where a modality is absent, finite, and on the simplex.

    Names, weights and distributions of windows must be kept.
    """
    case = build_case(cls, parameters)
    for data in case.inputs:
        result = case.apply(case.build(), data)
        if not isinstance(result, WindowSet):
            continue
        try:
            result.validate()
        except DataError as error:
            raise ContractError(f"the resulting windows are not valid: {error}") from None
        if isinstance(data, WindowSet):
            _demand_metadata(data, result)


def _demand_metadata(windows: WindowSet, result: WindowSet) -> None:
    for name in ("D", "weight", "subject", "trial", "window"):
        is_same = np.array_equal(getattr(windows, name), getattr(result, name))
        demand(is_same, f"it changes '{name}' of the windows")
    for name in windows.present.keys() & result.present.keys():
        imputed = result.present[name] & ~windows.present[name]
        demand(not imputed.any(), f"'{name}' is absent in window {np.argmax(imputed)}, but present in the result")


def windows_keep_metadata(cls: type[Windowing], parameters: Mapping[str, Any]) -> None:
    """Require windows with the names and the distribution of their recording.

    The windows must be numbered, and their weights must sum to that of the recording.
    """
    case = build_case(cls, parameters)
    for recording in case.inputs:
        windows = case.apply(case.build(), recording)
        if not isinstance(windows, WindowSet) or not isinstance(recording, Recording) or not len(windows):
            continue
        for name in ("subject", "session", "trial", "condition", "stimulus"):
            found, wanted = sorted(set(getattr(windows, name).tolist())), getattr(recording, name)
            demand(found == [wanted], f"{name} of the windows is {found}, not '{wanted}'")
        expected = np.tile(recording.D, (len(windows), 1))
        demand_equal(windows.D, expected, "D of the windows is not that of the recording", 1e-12)
        total = float(windows.weight.sum())
        message = f"the weights of the windows sum to {total:.6g}, not to the recording's {recording.weight:g}"
        demand(abs(total - recording.weight) < 1e-9, message)
        numbers = windows.window.tolist()
        demand(len(set(numbers)) == len(numbers), f"window numbers are repeated: {numbers[:5]} …")


def chunks_match_recording(cls: type[RecordingTransform], parameters: Mapping[str, Any]) -> None:
    """Require that a causal transform makes of the chunks of a signal what it makes of the recording."""
    case = build_case(cls, parameters)
    transform = case.build()
    if not transform.is_causal:
        return
    for recording in case.inputs:
        assert isinstance(recording, Recording)
        transformed = read_signals(case.apply(transform, recording))
        for name, signal in recording.signals.items():
            message = f"'{name}' differs between transform() and transform_chunk()"
            demand_equal(_chunked(transform, name, signal), transformed[name], message, 1e-5)


def _chunked(transform: RecordingTransform, name: str, signal: Signal) -> np.ndarray:
    state, sizes, first = None, (1, 0, 7, 64), 0
    parts: list[np.ndarray] = []
    while first < signal.values.shape[1]:
        stop = first + sizes[len(parts) % len(sizes)]
        chunk = replace(signal, values=signal.values[:, first:stop], start=signal.start + first / signal.sfreq)
        made, state = transform.transform_chunk(name, chunk, state)
        parts.append(made.values)
        first = stop
    return np.concatenate(parts, axis=1)


def process_state_unchanged(cls: type[Transform], parameters: Mapping[str, Any]) -> None:
    """Require that using the transform changes no setting of torch or numpy and seeds nothing.

    Such changes would affect other components.
    """
    case = build_case(cls, parameters)
    demand_process_state_unchanged(lambda: case.apply(case.build(), case.inputs[0]))


def _demand_same(first: Data, second: Data, message: str) -> None:
    a, b = read_signals(first), read_signals(second)
    demand(a.keys() == b.keys(), f"the set of modalities {message}: {sorted(a)} and {sorted(b)}")
    for name in a:
        demand_equal(a[name], b[name], f"'{name}' {message}")


def module_agrees(cls: type[FittedTransform], parameters: Mapping[str, Any]) -> None:
    """Require that ``module``, where it is not None, computes what ``transform`` does for a new person.

    Exported models use it.
    """
    case = build_case(cls, parameters)
    transform, windows = case.build(), case.inputs[0]
    module = transform.module(case.modalities) if isinstance(transform, FittedTransform) else None
    if module is None or not isinstance(windows, WindowSet):
        return
    windows = replace(windows, subject=np.full(len(windows), "a person who is in no fitting window"))
    expected = case.apply(transform, windows)
    present = {name: torch.from_numpy(mask) for name, mask in windows.present.items()}
    X = {name: torch.from_numpy(values) for name, values in windows.X.items()}
    for added in module.inputs:
        X[added.name] = torch.zeros(len(windows), added.n_chans, added.n_times or 1)
        present[added.name] = torch.zeros(len(windows), dtype=torch.bool)
    found = module(X, present)
    for name, values in read_signals(expected).items():
        demand(name in found, f"module() returns no '{name}', which transform() returns")
        agrees = found[name].numpy() * present[name].numpy()[:, None, None]
        demand_equal(agrees, values, f"'{name}' differs between module() and transform()", 1e-5)


TRANSFORM = (
    outputs_match,
    input_unchanged,
    labels_not_used,
    learns_only_in_fit,
    absent_stays_zero,
    process_state_unchanged,
)


def select_checks(cls: type[Transform]) -> tuple[Any, ...]:
    """Select the checks for the kind of a transform.

    Args:
        cls: the transform class.

    Returns:
        The check functions.
    """
    if issubclass(cls, Windowing):
        return (*TRANSFORM, windows_keep_metadata)
    if issubclass(cls, FittedTransform):
        merging = (statistics_merge,) if issubclass(cls, MergeableTransform) else ()
        joining = (subjects_join,) if issubclass(cls, SubjectTransform) else ()
        own = (windows_do_not_mix, fit_transform_consistent, state_round_trip, module_agrees)
        return (*TRANSFORM, *own, *merging, *joining)
    if issubclass(cls, RecordingTransform):
        return (*TRANSFORM, chunks_match_recording)
    return (*TRANSFORM, windows_do_not_mix) if issubclass(cls, WindowTransform) else TRANSFORM
