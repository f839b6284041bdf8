"""Compare the modalities that a recipe declares with what its files state."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from mpcl_core.plugin import DataError, Positive, Signal, find_label
from mpcl_plugins.sources.formats.bids import describe_channels
from mpcl_plugins.sources.formats.signal_file import Channel, SignalFile, Stretch

UNITS = {
    "microvolts": "uV",
    "microvolt": "uV",
    "millivolts": "mV",
    "millivolt": "mV",
    "volts": "V",
    "volt": "V",
    "microsiemens": "uS",
    "siemens": "S",
    "uv": "uV",
    "us": "uS",
    "umho": "uS",
    "micromho": "uS",
    "kohm": "kOhm",
    "ohm": "Ohm",
    "celsius": "degC",
    "deg C": "degC",
    "C": "degC",
    "°C": "degC",
}
"""How files spell units, where they do not write them as a recipe does."""
_PREFIXES = {"f": -15, "p": -12, "n": -9, "u": -6, "m": -3, "": 0, "k": 3}
_PREFIXED = re.compile(r"([fpnumk]?)(V|S|T|A|Pa|Ohm)")
_FRACTIONS = {"ms": 1e3, "us": 1e6, "ns": 1e9}  # of a second
_VOLTAGES = ("uV", "mV", "V")
UNITS_OF = {
    "eeg": _VOLTAGES,
    "eog": _VOLTAGES,
    "ecg": _VOLTAGES,
    "emg": _VOLTAGES,
    "gsr": ("uS", "kOhm", "mV"),
    "eda": ("uS", "kOhm", "mV"),
    "temperature": ("degC", "degF", "K", "mV"),
}
"""Word in a modality's name -> its usual units, each for all prefixes. An amplifier states a voltage of any sensor."""
_UNSCALED = {"", "1", "a.u.", "au", "arbitrary", "counts", "lsb", "n/a", "raw", "unknown"}


class Declared(BaseModel):
    """Declare a modality in a recipe.

    Args:
        channels: their names in the file, in the wanted order; where a file names none, names for all. Another spelling
            of a name (``EEG Fp1-Ref`` for ``Fp1``) is found where it is clear, and stated in a note.
        sfreq: sampling rate in Hz.
        unit: ``uV``, ``uS``, ``degC`` …, to which values in mV, nS … are converted; empty where unknown, and then no
            file is checked.
        column: the manifest's column with the paths; the modality's own name where it is empty.
        part: the array of an .npz, stream of an .xdf, table of an E4 .zip (``BVP``) that holds the channels;
            may be empty where there is one only.
        incomplete: ``allow`` reads what there is of a recording that was not ended properly (.xdf, .edf).
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)

    channels: Annotated[tuple[str, ...], Field(min_length=1, strict=False)]  # `_known` hands on a list
    sfreq: Positive
    unit: str = ""
    column: str = ""
    part: str = ""
    incomplete: Literal["refuse", "allow"] = "refuse"

    @model_validator(mode="before")
    @classmethod
    def _known(cls, values: Any) -> Any:
        if isinstance(values, Mapping) and (strange := values.keys() - cls.model_fields.keys()):
            raise ValueError(f"a modality has no '{min(strange)}'. It takes: {', '.join(cls.model_fields)}")
        return values


def match_channels(channels: Sequence[Channel], declared: Declared, path: Path) -> list[Channel]:
    """Return the declared channels of a file, in order, with what a BIDS table states of them.

    Args:
        channels: the channels of the file.
        declared: the declaration.
        path: the file, for errors.

    Returns:
        The channels, with the scale to the declared unit.

    Raises:
        DataError: there is no such part or channel, or it has another rate than was declared, or a unit that cannot be
            converted to the declared one.
    """
    of_part = _of_part(describe_channels(path, channels), declared.part, path)
    if all(channel.fault for channel in of_part):
        raise DataError(f"cannot be read: {of_part[0].fault}", path, of_part[0].part or of_part[0].name)
    if any(channel.name for channel in of_part):
        found = [_named(of_part, name, path) for name in declared.channels]
    elif len(of_part) == len(declared.channels):
        found = of_part
    else:
        message = f"{len(of_part)} channels, but {len(declared.channels)} were declared"
        raise DataError(message, path, of_part[0].part)
    return [_checked(channel, declared, path, name) for channel, name in zip(found, declared.channels, strict=True)]


def read_declared(file: SignalFile, declared: Declared, stretch: Stretch) -> Signal:
    """Read a stretch of the declared channels of a file, in the declared unit.

    Args:
        file: the file.
        declared: the declaration.
        stretch: the seconds.

    Returns:
        The signal.

    Raises:
        DataError: as `match_channels`, or the file is damaged or has no such seconds.
    """
    channels = match_channels(file.channels, declared, file.path)
    signal = file.read(channels, declared.sfreq, stretch)
    scales = np.array([[channel.scale] for channel in channels], np.float32)
    return signal if (scales == 1).all() else replace(signal, values=signal.values * scales)


def _of_part(channels: Sequence[Channel], part: str, path: Path) -> list[Channel]:
    parts = list(dict.fromkeys(channel.part for channel in channels))
    readable = list(dict.fromkeys(channel.part for channel in channels if not channel.fault))
    only = readable or parts
    wanted = only[0] if not part and len(only) == 1 else part
    if wanted not in parts:
        faults = dict.fromkeys(f"{channel.part} {channel.fault}" for channel in channels if channel.fault)
        has = f"It has: {', '.join(filter(None, readable)) or '; '.join(faults) or 'no parts'}"
        raise DataError(f"there is no part '{wanted}'. {has}" if wanted else f"no part of it was declared. {has}", path)
    return [channel for channel in channels if channel.part == wanted]


def _named(channels: Sequence[Channel], name: str, path: Path) -> Channel:
    labels = find_label(name, [channel.name for channel in channels])
    if not labels:
        known = ", ".join(dict.fromkeys(channel.name for channel in channels if channel.role == "signal"))
        raise DataError(f"there is no such channel. It has: {_shortened(known)}", path, name)
    if len(labels) > 1:
        raise DataError(f"may be any of: {', '.join(labels)}; write one of them under 'channels'", path, name)
    found = [channel for channel in channels if channel.name == labels[0]]
    if len(found) > 1:
        raise DataError(f"{len(found)} channels have this name", path, name)
    return found[0]


def _checked(channel: Channel, declared: Declared, path: Path, field: str) -> Channel:
    """Return the channel with the scale that converts its unit to the declared one.

    Returns:
        The channel.
    """
    if channel.fault:
        raise DataError(f"cannot be read: {channel.fault}", path, field)
    if channel.incomplete and declared.incomplete == "refuse":
        raise DataError(f"{channel.incomplete}. To read what there is, write 'incomplete: allow'", path, field)
    if channel.sfreq is not None and abs(channel.sfreq - declared.sfreq) > channel.tolerance * declared.sfreq:
        found, stated = _distinct(channel.sfreq, declared.sfreq)
        unit = _unit_of_times(declared.sfreq / channel.sfreq, channel)
        remedy = (
            f"its times seem to be in {unit}: write seconds, or name it time_{unit}" if unit else f"declare {found}"
        )
        message = f"{found} Hz in the file, but {stated} Hz were declared; {remedy}"
        raise DataError(f"{message}{_stated_in(channel.rate_field)}", path, field)
    if not channel.unit or not declared.unit:
        return channel
    scale = unit_scale(usual_unit(channel.unit), usual_unit(declared.unit))
    if scale is None:
        message = f"{channel.unit} in the file, but {declared.unit} was declared; declare {usual_unit(channel.unit)}"
        raise DataError(f"{message}{_stated_in(channel.unit_field)}", path, field)
    return replace(channel, scale=scale)


def _unit_of_times(ratio: float, channel: Channel) -> str:
    """Return the unit in which a column of times seems to count, from the declared and the measured rate.

    Returns:
        The unit; '' for seconds.
    """
    if not channel.rate_field.startswith("column"):
        return ""
    return next((unit for unit, n in _FRACTIONS.items() if abs(ratio / n - 1) <= channel.tolerance), "")


def _stated_in(field: str) -> str:
    return f" (the file states it in its {field})" if field else ""


def unit_scale(unit: str, wanted: str) -> float | None:
    """Return the factor from one unit to another, where both differ by a prefix only.

    Args:
        unit: as `usual_unit` writes it.
        wanted: likewise.

    Returns:
        The factor; None where the units are not of one kind.

    Example:
        >>> unit_scale("mV", "uV"), unit_scale("uS", "uS"), unit_scale("mV", "uS")
        (1000.0, 1.0, None)
    """
    if unit == wanted:
        return 1.0
    one, other = _exponent(unit), _exponent(wanted)
    return 10.0 ** (one[0] - other[0]) if one and other and one[1] == other[1] else None


def check_units(modalities: dict[str, Declared]) -> dict[str, Declared]:
    """Raise an error if a modality of a usual name is declared in a unit of something else.

    Args:
        modalities: name -> declaration.

    Returns:
        The same declarations.

    Raises:
        ValueError: a unit is none of its modality.

    Example:
        >>> eeg = Declared(channels=("Fz",), sfreq=128.0, unit="kg")
        >>> check_units({"eeg": eeg})
        Traceback (most recent call last):
        ValueError: eeg.unit: 'kg' is no unit of eeg; write uV, mV or V, or leave it out where it is unknown
    """
    for name, declared in modalities.items():
        usual = next((UNITS_OF[word] for word in name.lower().split("_") if word in UNITS_OF), ())
        unit = usual_unit(declared.unit)
        if usual and unit.lower() not in _UNSCALED and all(unit_scale(unit, known) is None for known in usual):
            write = f"write {', '.join(usual[:-1])} or {usual[-1]}, or leave it out where it is unknown"
            raise ValueError(f"{name}.unit: '{declared.unit}' is no unit of {name}; {write}")
    return modalities


def _exponent(unit: str) -> tuple[int, str] | None:
    """Return the power of ten of a unit's prefix, and the unit without it.

    Returns:
        Both; None for a unit that takes no prefix here.
    """
    found = _PREFIXED.fullmatch(unit)
    return (_PREFIXES[found[1]], found[2]) if found else None


def _distinct(one: float, other: float) -> tuple[str, str]:
    """Return two numbers with as many digits as they differ in, at least six.

    Returns:
        Both as text.
    """
    for digits in range(6, 17):
        if f"{one:.{digits}g}" != f"{other:.{digits}g}":
            return f"{one:.{digits}g}", f"{other:.{digits}g}"
    return repr(one), repr(other)


def usual_unit(text: str) -> str:
    """Return a unit as a recipe writes it: ``µV`` and ``microvolts`` are ``uV``.

    Args:
        text: the unit as a file writes it.

    Returns:
        The unit.
    """
    plain = text.strip().replace("\N{MICRO SIGN}", "u").replace("\N{GREEK SMALL LETTER MU}", "u")
    return UNITS.get(plain, UNITS.get(plain.lower(), plain))


def _shortened(text: str) -> str:
    return text if len(text) <= 500 else f"{text[:500]} …"
