"""Source and stateless transforms -> the rows of a study, a few recordings at a time."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from mpcl_core.interfaces.components import (
    RecordingTransform,
    Source,
    Transform,
    Windowing,
    WindowTransform,
)
from mpcl_core.interfaces.data import TEXT_COLUMNS, WINDOW_COLUMNS, Modality, Recording, WindowSet, concatenate
from mpcl_core.interfaces.errors import DataError

CHUNK = 2**22
"""Bytes of signals that are worth a call of the window transforms; short recordings share one."""


def output_modalities(modalities: tuple[Modality, ...], transforms: Iterable[Transform]) -> tuple[Modality, ...]:
    """What the modalities become behind all transforms, from metadata alone."""
    for transform in transforms:
        modalities = transform.outputs(modalities)
    return modalities


def prepare(source: Source, transforms: Sequence[Transform]) -> WindowSet:
    """All rows in memory, with their weights scaled to mean 1.

    Args:
        source: where they come from.
        transforms: the stateless transforms, in order.

    Raises:
        DataError: the data are not what they should be, or nothing is left of them.
    """
    return join_parts(list(prepare_parts(source, transforms)), source_label(source.name))


def source_label(source: str) -> str:
    """What an error of the data of a source is said to be in."""
    return f"source '{source}'"


def prepare_parts(source: Source, transforms: Sequence[Transform]) -> Iterator[WindowSet]:
    """The rows in their order, those of a few recordings at a time, with weights that are not scaled yet.

    Args:
        source, transforms: as `prepare`.

    Raises:
        DataError: as `prepare`.
    """
    loaded = source.load()
    chunks = [loaded] if isinstance(loaded, WindowSet) else _chunks(_cut(source, loaded, transforms))
    row, modalities = 0, None
    for chunk in chunks:
        for transform in transforms:
            if isinstance(transform, WindowTransform):
                chunk = transform.transform(chunk)
        if not len(chunk):
            continue
        part = _validated(chunk, source_label(source.name), row)
        modalities = modalities or part.modalities
        if part.modalities != modalities:
            raise DataError(f"{part.modalities}, but {modalities} before", source_label(source.name), "modalities", row)
        yield part
        row += len(part)


def join_parts(parts: Sequence[WindowSet], origin: str) -> WindowSet:
    """The rows of all parts, with their weights scaled to mean 1.

    Args:
        parts: what `prepare_parts` gave; their signals may have been left out.
        origin: what to name in an error.

    Raises:
        DataError: there are none, or their weights are no weights.
    """
    if not parts:
        raise DataError("there are no rows", origin)
    windows = concatenate(parts)
    windows.weight = windows.weight * (len(windows) / windows.weight.sum())
    replace(windows, modalities=()).validate(origin)
    return windows


def _chunks(recordings: Iterable[WindowSet]) -> Iterator[WindowSet]:
    waiting: list[WindowSet] = []
    size = 0
    for windows in recordings:
        waiting.append(windows)
        size += sum(values.nbytes for values in windows.X.values())
        if size >= CHUNK:
            chunk = concatenate(waiting)
            waiting, size = [], 0
            yield chunk
    if waiting:
        yield concatenate(waiting)


def _cut(source: Source, recordings: Iterable[Recording], transforms: Sequence[Transform]) -> Iterator[WindowSet]:
    before = [transform for transform in transforms if isinstance(transform, RecordingTransform)]
    (window,) = (transform for transform in transforms if isinstance(transform, Windowing))
    modalities = output_modalities(source.modalities, [*before, window])
    count, cut = 0, False
    for recording in recordings:
        count += 1
        for transform in before:
            recording = transform.transform(recording)
        windows = window.transform(recording, modalities, source.labels, source.valence)
        if len(windows):
            cut = True
            yield windows
    if not cut:
        raise DataError(f"no window in {count} recordings; are they shorter than one?", source_label(source.name))


def _validated(windows: WindowSet, origin: str, row: int) -> WindowSet:
    """The rows in the contract's types; an error counts them from the first of the study."""
    try:
        windows.validate(origin)
    except DataError as error:
        number = None if error.row is None else error.row + row
        raise DataError(error.message, error.path, error.field, number) from None
    columns: dict[str, Any] = {name: np.asarray(getattr(windows, name), _dtype(name)) for name in WINDOW_COLUMNS}
    return replace(
        windows,
        modalities=tuple(map(_plain, windows.modalities)),
        X={m.name: np.asarray(windows.X[m.name], np.float32) for m in windows.modalities},
        present={m.name: np.asarray(windows.present[m.name], bool) for m in windows.modalities},
        **columns,
    )


def _dtype(column: str) -> type:
    return str if column in TEXT_COLUMNS else np.int64 if column == "window" else np.float64


def _plain(modality: Modality) -> Modality:
    """The same with numbers and text of Python, since files give numpy's, which are written otherwise."""
    n_times, sfreq = modality.n_times, modality.sfreq
    return Modality(
        str(modality.name),
        int(modality.n_chans),
        None if n_times is None else int(n_times),
        None if sfreq is None else float(sfreq),
        tuple(map(str, modality.ch_names)),
        str(modality.unit),
    )
