"""Compare the modalities that a recipe declares with what its files state."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mpcl_core.plugin import DataError, Positive
from mpcl_plugins.sources.formats.signal_file import Channel

UNITS = {
    "microvolts": "uV",
    "microvolt": "uV",
    "millivolts": "mV",
    "millivolt": "mV",
    "volts": "V",
    "volt": "V",
    "microsiemens": "uS",
    "celsius": "degC",
    "deg C": "degC",
    "C": "degC",
    "°C": "degC",
}
"""How files spell units, where they do not write them as a recipe does."""


class Declared(BaseModel):
    """Declare a modality in a recipe.

    Args:
        channels: their names in the file, in the wanted order; where a file names none, names for all.
        sfreq: sampling rate in Hz.
        unit: ``uV``, ``uS``, ``degC`` …; empty where unknown, and then no file is checked.
        column: the manifest's column with the paths; the modality's own name where it is empty.
        part: the array of an .npz, stream of an .xdf, table of an E4 .zip (``BVP``) that holds the channels;
            may be empty where there is one only.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)

    channels: Annotated[tuple[str, ...], Field(min_length=1, strict=False)]  # `_known` hands on a list
    sfreq: Positive
    unit: str = ""
    column: str = ""
    part: str = ""

    @model_validator(mode="before")
    @classmethod
    def _known(cls, values: Any) -> Any:
        if isinstance(values, Mapping) and (strange := values.keys() - cls.model_fields.keys()):
            raise ValueError(f"a modality has no '{min(strange)}'. It takes: {', '.join(cls.model_fields)}")
        return values


def match_channels(channels: Sequence[Channel], declared: Declared, path: Path) -> list[Channel]:
    """Return the file's channels that a declaration names, in its order.

    Args:
        channels: the channels of the file.
        declared: the declaration.
        path: the file, for errors.

    Returns:
        The channels.

    Raises:
        DataError: there is no such part or channel, or it has another rate or unit than was declared.
    """
    of_part = _of_part(channels, declared.part, path)
    if any(channel.name for channel in of_part):
        found = [_named(of_part, name, path) for name in declared.channels]
    elif len(of_part) == len(declared.channels):
        found = of_part
    else:
        message = f"{len(of_part)} channels, but {len(declared.channels)} were declared"
        raise DataError(message, path, of_part[0].part)
    for channel, name in zip(found, declared.channels, strict=True):
        _check(channel, declared, path, name)
    return found


def _of_part(channels: Sequence[Channel], part: str, path: Path) -> list[Channel]:
    parts = list(dict.fromkeys(channel.part for channel in channels))
    wanted = parts[0] if not part and len(parts) == 1 else part
    if wanted not in parts:
        has = f"It has: {', '.join(filter(None, parts)) or 'no parts'}"
        raise DataError(f"there is no part '{wanted}'. {has}" if wanted else f"no part of it was declared. {has}", path)
    return [channel for channel in channels if channel.part == wanted]


def _named(channels: Sequence[Channel], name: str, path: Path) -> Channel:
    found = [channel for channel in channels if channel.name == name]
    if not found:
        known = ", ".join(dict.fromkeys(channel.name for channel in channels if channel.role == "signal"))
        raise DataError(f"there is no such channel. It has: {_shortened(known)}", path, name)
    if len(found) > 1:
        raise DataError(f"{len(found)} channels have this name", path, name)
    return found[0]


def _check(channel: Channel, declared: Declared, path: Path, field: str) -> None:
    if channel.sfreq is not None and abs(channel.sfreq - declared.sfreq) > channel.tolerance * declared.sfreq:
        raise DataError(f"{channel.sfreq:.6g} Hz in the file, but {declared.sfreq:g} Hz were declared", path, field)
    if channel.unit and declared.unit and usual_unit(channel.unit) != usual_unit(declared.unit):
        raise DataError(f"{channel.unit} in the file, but {declared.unit} was declared", path, field)


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
