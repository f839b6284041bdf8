"""The modalities of a study, from what its files say that they hold."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, runtime_checkable

from mpcl_core.interfaces.errors import UsageError

KNOWN_PARTS = {"BVP": "ppg", "EDA": "gsr", "TEMP": "temperature", "HR": "heart_rate", "ACC": "acceleration"}
"""Part of a file -> what the modality is usually called."""

_ACTION_UNIT = re.compile(r"AU\d\d_r\Z")


@runtime_checkable
class ChannelLike(Protocol):
    """A channel as its file describes it."""

    @property
    def name(self) -> str:
        """Empty where the file names none."""

    @property
    def index(self) -> int:
        """Its number in its part."""

    @property
    def part(self) -> str:
        """What of the file it belongs to; empty where a file holds one thing only."""

    @property
    def sfreq(self) -> float | None:
        """Hz, where the file states it."""

    @property
    def unit(self) -> str:
        """Empty where the file states none."""


@dataclass(frozen=True)
class Found:
    """What a recipe declares of a modality; ``sfreq`` is None where no file states it."""

    name: str
    column: str
    part: str
    sfreq: float | None
    unit: str
    channels: tuple[str, ...]


Group = tuple[str, float | None, str]
"""Part, rate and unit, which the channels of a modality share."""


def modalities(files: Mapping[str, Mapping[Path, Sequence[ChannelLike]]]) -> list[Found]:
    """What all files of a column have in common: its channels of one part, rate and unit are a modality.

    Args:
        files: column -> file -> its channels.

    Raises:
        UsageError: the files of a column have nothing in common.
    """
    found = [modality for column, inside in files.items() for modality in _of_column(column, inside)]
    seen: Counter[str] = Counter()
    for number, modality in enumerate(found):
        seen[modality.name] += 1
        if (nth := seen[modality.name]) > 1:
            found[number] = replace(modality, name=f"{modality.name}_{nth}")
    return found


def is_face(channels: Iterable[ChannelLike]) -> bool:
    """Whether OpenFace's action units are among them."""
    return any(_ACTION_UNIT.match(channel.name) for channel in channels)


def _of_column(column: str, files: Mapping[Path, Sequence[ChannelLike]]) -> list[Found]:
    first, *others = [_groups(channels) for channels in files.values()]
    found = []
    for group, names in first.items():
        common = [name for name in names if all(name in other.get(group, ()) for other in others)]
        if common:
            found.append(Found(_name(KNOWN_PARTS.get(group[0], group[0]) or column), column, *group, _wanted(common)))
    if not found:
        said = "; ".join(f"{file} has {_said(channels)}" for file, channels in list(files.items())[:2])
        raise UsageError(
            f"the files of '{column}' have no channel, rate and unit in common: {said}. Where they are of different "
            f"modalities, have their names say so, as in sub-01_task-film_eeg.csv"
        )
    return found


def _groups(channels: Sequence[ChannelLike]) -> dict[Group, list[str]]:
    groups: dict[Group, list[str]] = {}
    for channel in channels:
        name = channel.name or str(channel.index + 1)
        groups.setdefault((channel.part, channel.sfreq, channel.unit), []).append(name)
    return groups


def _wanted(names: list[str]) -> tuple[str, ...]:
    """Of a face the action units, which is what people use; of anything else everything."""
    return tuple([name for name in names if _ACTION_UNIT.match(name)] or names)


def _said(channels: Sequence[ChannelLike]) -> str:
    groups = []
    for (_, sfreq, unit), names in _groups(channels).items():
        rate = "an unknown rate" if sfreq is None else f"{sfreq:g} Hz"
        groups.append(f"{', '.join(names[:3])}{' …' if names[3:] else ''} at {rate}{f' in {unit}' if unit else ''}")
    return " and ".join(groups) or "nothing"


def _name(text: str) -> str:
    """The text as the name of a part of a network."""
    return re.sub(r"[^A-Za-z0-9_-]+", "_", text).strip("_-")[:90] or "signal"
