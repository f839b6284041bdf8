"""Source and stateless transforms -> the rows of a study."""

from collections.abc import Iterable, Iterator, Sequence

from mpcl_core.interfaces.components import (
    RecordingTransform,
    Source,
    Transform,
    Windowing,
    WindowTransform,
)
from mpcl_core.interfaces.data import Modality, Recording, WindowSet, concatenate
from mpcl_core.interfaces.errors import DataError


def outputs(modalities: tuple[Modality, ...], transforms: Iterable[Transform]) -> tuple[Modality, ...]:
    """What the modalities become behind all transforms, from metadata alone."""
    for transform in transforms:
        modalities = transform.outputs(modalities)
    return modalities


def prepare(source: Source, transforms: Sequence[Transform]) -> WindowSet:
    """All rows, with their weights scaled to mean 1.

    Args:
        source: where they come from.
        transforms: the stateless transforms, in order.

    Raises:
        DataError: the data are not what they should be, or nothing is left of them.
    """
    loaded = source.load()
    windows = loaded if isinstance(loaded, WindowSet) else _cut(source, loaded, transforms)
    for transform in transforms:
        if isinstance(transform, WindowTransform):
            windows = transform.transform(windows)
    windows.weight = windows.weight * (len(windows) / windows.weight.sum())
    return windows.validate(f"source '{source.name}'")


def _cut(source: Source, recordings: Iterator[Recording], transforms: Sequence[Transform]) -> WindowSet:
    before = [transform for transform in transforms if isinstance(transform, RecordingTransform)]
    (window,) = (transform for transform in transforms if isinstance(transform, Windowing))
    modalities = outputs(source.modalities, [*before, window])
    parts, count = [], 0
    for recording in recordings:
        count += 1
        for transform in before:
            recording = transform.transform(recording)
        part = window.transform(recording, modalities, source.labels, source.valence)
        if len(part):
            parts.append(part)
    if not parts:
        raise DataError(f"no window in {count} recordings; are they shorter than one?", f"source '{source.name}'")
    return concatenate(parts)
