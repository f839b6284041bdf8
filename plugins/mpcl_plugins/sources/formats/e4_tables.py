"""The csv files of an Empatica E4, in a folder or a zip file.

The first line of a file is when it starts (seconds since 1970, once a channel), the second the rate in Hz; samples
follow. The heart rate starts ten seconds after the rest. The recording's own clock starts with ``BVP.csv``.
"""

import io
import zipfile
from pathlib import Path

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import DataError
from mpcl_plugins.sources._wesad.tracks import Channel, Track, track


def tracks(place: Path, channels: dict[str, Channel]) -> dict[str, Track]:
    """The signals, on the recording's own clock.

    Args:
        place: the folder or zip file.
        channels: modality name -> where it is stored.

    Raises:
        DataError: a file is missing or damaged, or of another rate or number of channels than it should be.
    """
    zero, _ = _header(_content(place, "BVP"), place, "BVP")
    return {name: _track(place, channel, zero) for name, channel in channels.items()}


def _track(place: Path, channel: Channel, zero: float) -> Track:
    content, modality = _content(place, channel.stored), channel.modality
    start, sfreq = _header(content, place, channel.stored)
    values = _samples(content, place, channel.stored)
    if (sfreq, values.shape[1]) != (modality.sfreq, modality.n_chans):
        raise DataError(
            f"{values.shape[1]} channels at {sfreq:g} Hz, but {modality.n_chans} at {modality.sfreq:g} Hz are expected",
            place,
            f"{channel.stored}.csv",
        )
    return track(values, channel, start - zero)


def _content(place: Path, stored: str) -> list[str]:
    """The lines of a file; of a zip file's entry only when its checksum was compared."""
    name = f"{stored}.csv"
    try:
        if place.is_dir():
            content = (place / name).read_bytes()
        else:
            with zipfile.ZipFile(place) as archive:
                content = archive.read(name)
        lines = content.decode("ascii").splitlines()
    except Exception as error:
        raise DataError(f"cannot be read ({error})", place, name) from error
    if len(lines) < 3:
        raise DataError("there are no samples", place, name)
    return lines


def _header(lines: list[str], place: Path, stored: str) -> tuple[float, float]:
    start, sfreq = (_same(line, place, stored) for line in lines[:2])
    return start, sfreq


def _same(line: str, place: Path, stored: str) -> float:
    """The one number that a line says for every channel."""
    try:
        (number,) = {float(cell) for cell in line.split(",")}
    except ValueError as error:
        raise DataError(f"'{line}' in its head is not one number", place, f"{stored}.csv") from error
    return number


def _samples(lines: list[str], place: Path, stored: str) -> Float64[np.ndarray, "T c"]:
    try:
        return np.loadtxt(io.StringIO("\n".join(lines[2:])), delimiter=",", comments=None, ndmin=2)
    except ValueError as error:
        raise DataError(f"a line is not what it should be ({error})", place, f"{stored}.csv") from error
