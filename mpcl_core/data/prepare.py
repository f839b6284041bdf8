"""Prepare the windows of a study from a source and stateless transforms, a few recordings at a time."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from mpcl_core.data.truth import (
    unlabelled_recording,
    with_columns_of,
    with_columns_of_recording,
    without_labels,
)
from mpcl_core.data.unused_recordings import UnusedRecording, describe_unused, explain_unused
from mpcl_core.interfaces.component_errors import describe_component, naming_component_errors
from mpcl_core.interfaces.components import (
    RecordingTransform,
    Source,
    Transform,
    Windowing,
    WindowTransform,
)
from mpcl_core.interfaces.data import (
    TEXT_COLUMNS,
    WINDOW_COLUMNS,
    Modality,
    Recording,
    WindowSet,
    concatenate,
    scale_weight,
)
from mpcl_core.interfaces.errors import DataError, PluginError
from mpcl_core.isolation.loose_modules import refuse_loose_imports

CHUNK_SIZE = 2**22
"""Bytes of signals that one call of the window transforms receives at least; short recordings share a call."""

OnRecording = Callable[[UnusedRecording | None], None]
"""Called once a recording: with why it gives no window, or with None where it does."""


def output_modalities(modalities: tuple[Modality, ...], transforms: Iterable[Transform]) -> tuple[Modality, ...]:
    """Return the modalities after all transforms, from metadata alone.

    Args:
        modalities: the source's modalities.
        transforms: the transforms, in order.

    Returns:
        The modalities of the transformed windows.
    """
    for transform in transforms:
        modalities = transform.outputs(modalities)
    return modalities


def _ignore(unused: UnusedRecording | None) -> None:
    pass


def prepare(source: Source, transforms: Sequence[Transform], on_recording: OnRecording = _ignore) -> WindowSet:
    """Prepare all windows in memory, with their weights scaled to mean 1.

    Args:
        source: what is loaded.
        transforms: the stateless transforms, in order.
        on_recording: called for each recording, once it is cut.

    Returns:
        The windows.

    Raises:
        DataError: the data break the contract, or no window is left.
    """
    return join_parts(list(prepare_parts(source, transforms, on_recording)), source_label(source.name))


def source_label(source: str) -> str:
    """Return how errors in the data of a source name it.

    Args:
        source: the name of the source.

    Returns:
        Text such as ``source 'folder'``.
    """
    return f"source '{source}'"


def prepare_parts(
    source: Source, transforms: Sequence[Transform], on_recording: OnRecording = _ignore
) -> Iterator[WindowSet]:
    """Prepare the windows of a few recordings at a time, in order, with weights that are not scaled yet.

    Args:
        source: what is loaded.
        transforms: the stateless transforms, in order.
        on_recording: called for each recording, once it is cut.

    Yields:
        Windows in the contract's types, never none.

    Raises:
        DataError: the data break the contract, or no window is left.
        PluginError: a component imported a loose module meanwhile.
    """
    parts, modules = _parts(source, transforms, on_recording), frozenset(sys.modules)
    while True:
        with naming_component_errors():
            part = next(parts, None)
        if part is None:
            refuse_loose_imports(modules)
            return
        yield part


def _parts(source: Source, transforms: Sequence[Transform], on_recording: OnRecording) -> Iterator[WindowSet]:
    loaded = source.load()
    chunks = (
        [loaded] if isinstance(loaded, WindowSet) else _chunks(_cut_windows(source, loaded, transforms, on_recording))
    )
    n_before, modalities = 0, None
    for chunk in chunks:
        for transform in transforms:
            if isinstance(transform, WindowTransform):
                chunk = _transformed(transform, chunk)
        if not len(chunk):
            continue
        part = _validated(chunk, source_label(source.name), n_before)
        modalities = modalities or part.modalities
        if part.modalities != modalities:
            message = f"{part.modalities}, but {modalities} in earlier windows"
            raise DataError(message, source_label(source.name), "modalities", n_before)
        yield part
        n_before += len(part)


def join_parts(parts: Sequence[WindowSet], origin: str) -> WindowSet:
    """Join the windows of all parts, with their weights scaled to mean 1.

    Args:
        parts: the parts of `prepare_parts`; their signals may have been left out.
        origin: the source as errors name it.

    Returns:
        All windows.

    Raises:
        DataError: there are none, or a weight is invalid.
    """
    if not parts:
        raise DataError("there are no windows", origin)
    windows = concatenate(parts)
    windows.weight = scale_weight(windows.weight, origin)
    replace(windows, modalities=()).validate(origin)
    return windows


def _transformed(transform: WindowTransform, windows: WindowSet) -> WindowSet:
    """Apply a window transform to windows without their labels, and give the result the labels again.

    Returns:
        As many windows as were given, with their columns.

    Raises:
        PluginError: the transform returned more or fewer.
    """
    made = transform.transform(without_labels(windows))
    if len(made) != len(windows):
        raise PluginError(
            f"{describe_component(transform)} returned {len(made)} windows for {len(windows)}; "
            "a window transform keeps their number and order"
        )
    return with_columns_of(made, windows)


def _chunks(recordings: Iterable[WindowSet]) -> Iterator[WindowSet]:
    pending: list[WindowSet] = []
    size = 0
    for windows in recordings:
        pending.append(windows)
        size += sum(values.nbytes for values in windows.X.values())
        if size >= CHUNK_SIZE:
            chunk = pending[0] if len(pending) == 1 else concatenate(pending)
            pending, size = [], 0
            yield chunk
            del chunk
        del windows
    if pending:
        yield concatenate(pending)


def _cut_windows(
    source: Source, recordings: Iterable[Recording], transforms: Sequence[Transform], on_recording: OnRecording
) -> Iterator[WindowSet]:
    recording_transforms = [transform for transform in transforms if isinstance(transform, RecordingTransform)]
    (windowing,) = (transform for transform in transforms if isinstance(transform, Windowing))
    modalities = output_modalities(source.modalities, recording_transforms)
    of_windows = windowing.outputs(modalities)
    n_recordings, unused = 0, list[UnusedRecording]()
    for recording in recordings:
        n_recordings += 1
        for transform in recording_transforms:
            recording = replace(recording, signals=transform.transform(unlabelled_recording(recording)).signals)
        unlabelled = unlabelled_recording(recording)
        n_windows, parts = windowing.transform_in_parts(unlabelled, of_windows, source.labels, source.valence)
        if n_windows:
            on_recording(None)
            for windows in parts:
                yield with_columns_of_recording(windows, recording, n_windows)
                del windows
        else:
            unused.append(explain_unused(recording, of_windows))
            on_recording(unused[-1])
        del recording, unlabelled, parts  # before the next one is loaded
    if not n_recordings:
        raise DataError("there are no recordings", source_label(source.name))
    if len(unused) == n_recordings:
        message = f"no window in {n_recordings} recordings: {describe_unused(unused)}"
        raise DataError(message, source_label(source.name))


def _validated(windows: WindowSet, origin: str, n_before: int) -> WindowSet:
    """Check windows and convert them to the contract's types.

    Args:
        windows: the windows.
        origin: the source as errors name it.
        n_before: how many windows of the study come before these; errors count from the first of the study.

    Returns:
        The converted windows.
    """
    try:
        windows.validate(origin)
    except DataError as error:
        number = None if error.row is None else error.row + n_before
        raise DataError(error.message, error.path, error.field, number) from None
    columns: dict[str, Any] = {name: np.asarray(getattr(windows, name), _dtype(name)) for name in WINDOW_COLUMNS}
    return replace(
        windows,
        modalities=tuple(map(_with_python_types, windows.modalities)),
        X={m.name: np.asarray(windows.X[m.name], np.float32) for m in windows.modalities},
        present={m.name: np.asarray(windows.present[m.name], bool) for m in windows.modalities},
        **columns,
    )


def _dtype(column: str) -> type:
    return str if column in TEXT_COLUMNS else np.int64 if column == "window" else np.float64


def _with_python_types(modality: Modality) -> Modality:
    """Convert a modality's numbers and text to Python's types.

    Files give numpy's types, which are written differently.

    Args:
        modality: as a source gives it.

    Returns:
        The same modality.
    """
    n_times, sfreq = modality.n_times, modality.sfreq
    return Modality(
        str(modality.name),
        int(modality.n_chans),
        None if n_times is None else int(n_times),
        None if sfreq is None else float(sfreq),
        tuple(map(str, modality.ch_names)),
        str(modality.unit),
    )
