"""Read WESAD's ``SX.pkl``: chest and wrist signals of a session on one clock, with the condition of every instant.

That clock is not the questionnaire's: the file starts some minutes into the chest device's recording, and a label
begins ten seconds after a condition and ends ten before. So the stretches are those of the labels, and the
questionnaire only states their order.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Shaped

from mpcl_core.plugin import DataError, Signal
from mpcl_plugins.sources._wesad.questionnaire import Rating
from mpcl_plugins.sources._wesad.tracks import CHEST, Channel, Track, cut_tracks, make_track
from mpcl_plugins.sources.formats.array_pickle import PickledArray, load_pickle

CODES = {"Base": 1, "TSST": 2, "Fun": 3, "Medi 1": 4, "Medi 2": 4}
"""Condition -> its label; 0 is none, and 5 to 7 are other times."""
TOLERANCE = 2.0
"""Seconds by which a signal may be shorter or longer than the labels."""


def read(path: Path, conditions: Sequence[Rating], channels: Mapping[str, Channel]) -> Iterator[dict[str, Signal]]:
    """Return the signals of each condition.

    Args:
        path: the pickle.
        conditions: the conditions as the questionnaire states them.
        channels: modality name -> where it is stored.

    Returns:
        An iterator over modality name -> signal, one for each condition.

    Raises:
        DataError: the file is invalid, or its labels have another order than the questionnaire.
    """
    session = _mapping(load_pickle(path), path, "")
    label = _array(session, "label", path, "label")
    if label.ndim != 1 or label.dtype.kind not in "iu":
        raise DataError(f"{label.dtype} of shape {label.shape}, but one row of integers is expected", path, "label")
    stretches = _stretches(label, conditions, path)
    signal = _mapping(session.get("signal"), path, "signal")
    tracks = {name: _track(signal, channel, len(label) / CHEST, path) for name, channel in channels.items()}
    return (cut_tracks(tracks, begin, end) for begin, end in stretches)


def _stretches(label: Shaped[np.ndarray, "T"], conditions: Sequence[Rating], path: Path) -> list[tuple[float, float]]:
    edges = [0, *(np.flatnonzero(np.diff(label)) + 1).tolist(), len(label)]
    runs = [(int(label[begin]), begin, end) for begin, end in pairwise(edges) if end > begin]
    rated = [run for run in runs if run[0] in CODES.values()]
    found, expected = [code for code, _, _ in rated], [CODES[condition.name] for condition in conditions]
    if found != expected:
        raise DataError(f"the conditions are {found}, but the questionnaire has {expected}", path, "label")
    return [(begin / CHEST, end / CHEST) for _, begin, end in rated]


def _track(signal: Mapping[Any, object], channel: Channel, seconds: float, path: Path) -> Track:
    field = f"signal {channel.device} {channel.stored}"
    device = _mapping(signal.get(channel.device), path, f"signal {channel.device}")
    values = _array(device, channel.stored, path, field)
    if values.ndim != 2 or values.shape[1] != channel.modality.n_chans or values.dtype.kind not in "fiu":
        expected = f"(T, {channel.modality.n_chans})"
        raise DataError(f"{values.dtype} of shape {values.shape}, but {expected} is expected", path, field)
    found = make_track(values.astype(np.float64), channel, 0.0)
    if abs(len(values) / found.sfreq - seconds) > TOLERANCE:
        length = len(values) / found.sfreq
        raise DataError(f"{length:g} s at {found.sfreq:g} Hz, but the labels last {seconds:g} s", path, field)
    return found


def _mapping(value: object, path: Path, field: str) -> Mapping[Any, object]:
    if not isinstance(value, Mapping):
        raise DataError("there is no such mapping", path, field)
    return value


def _array(values: Mapping[Any, object], name: str, path: Path, field: str) -> Shaped[np.ndarray, "..."]:
    found = values.get(name)
    if not isinstance(found, PickledArray):
        raise DataError("there is no such array", path, field)
    return found.read(path, field)
