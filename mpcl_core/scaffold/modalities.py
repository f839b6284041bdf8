"""Find the modalities of a study from the channels of its files."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, runtime_checkable

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.scaffold.channel_kinds import find_kind

KNOWN_PARTS = {"BVP": "ppg", "EDA": "gsr", "TEMP": "temperature", "HR": "heart_rate", "ACC": "acceleration"}
"""Part of a file -> usual name of the modality."""

_MIXED = ("eeg", "physio", "signals")  # the columns whose files hold several kinds of signals
_N_EXAMPLES = 3
_MOST_SHOWN = 8
_ACTION_UNIT = re.compile(r"AU\d\d_r\Z")


@runtime_checkable
class ChannelLike(Protocol):
    """Describe a channel as its file does."""

    @property
    def name(self) -> str:
        """Return the name; empty if the file has none."""

    @property
    def index(self) -> int:
        """Return the number of the channel in its part."""

    @property
    def part(self) -> str:
        """Return the part of the file; empty if the file has only one."""

    @property
    def sfreq(self) -> float | None:
        """Return the sampling rate in Hz; None if the file does not state it."""

    @property
    def unit(self) -> str:
        """Return the unit; empty if the file does not state it."""

    @property
    def kind(self) -> str:
        """Return the usual name of the modality; empty if nothing shows it."""

    @property
    def role(self) -> str:
        """Return what the channel holds: ``signal``, or what else."""


@dataclass(frozen=True)
class DeclaredModality:
    """Hold what a recipe declares of a modality; ``sfreq`` is None if no file states it."""

    name: str
    column: str
    part: str
    sfreq: float | None
    unit: str
    channels: tuple[str, ...]

    def __str__(self) -> str:
        rate = "a rate that you state" if self.sfreq is None else f"{self.sfreq:g} Hz"
        more = f" and {len(self.channels) - _MOST_SHOWN} more" if len(self.channels) > _MOST_SHOWN else ""
        unit = f" in {self.unit}" if self.unit else ""
        return f"{self.name}: {', '.join(self.channels[:_MOST_SHOWN])}{more}, at {rate}{unit}"


Group = tuple[str, str, float | None, str]
"""Kind, part, rate and unit, which the channels of a modality share; the kind is '' where the column names it."""


def find_modalities(files: Mapping[str, Mapping[Path, Sequence[ChannelLike]]]) -> list[DeclaredModality]:
    """Find the modalities: in each column, the channels of one part, rate and unit that all files have.

    Args:
        files: column -> file -> its channels.

    Returns:
        The modalities, with distinct names.

    Raises:
        UsageError: the files of a column have no channels in common.
    """
    found = [modality for column, channels in files.items() for modality in _find_in_column(column, channels)]
    counts: Counter[str] = Counter()
    for number, modality in enumerate(found):
        counts[modality.name] += 1
        if (nth := counts[modality.name]) > 1:
            found[number] = replace(modality, name=f"{modality.name}_{nth}")
    return found


def is_face(channels: Iterable[ChannelLike]) -> bool:
    """Return whether the channels include action units of OpenFace.

    Args:
        channels: the channels of a file.

    Returns:
        Whether they do.
    """
    return any(_ACTION_UNIT.match(channel.name) for channel in channels)


def _find_in_column(column: str, files: Mapping[Path, Sequence[ChannelLike]]) -> list[DeclaredModality]:
    signals = {file: [channel for channel in channels if channel.role == "signal"] for file, channels in files.items()}
    first, *others = [_group(channels, column in _MIXED) for channels in signals.values()]
    found = []
    for group, names in first.items():
        common = [name for name in names if all(name in other.get(group, ()) for other in others)]
        if common:
            kind, part, sfreq, unit = group
            name = clean_name(kind or KNOWN_PARTS.get(part, part) or column)
            found.append(DeclaredModality(name, column, part, sfreq, unit, _select_channels(common)))
    if not found:
        raise UsageError(_nothing_in_common(column, signals))
    return found


def _nothing_in_common(column: str, files: Mapping[Path, Sequence[ChannelLike]]) -> str:
    """Return an error that names the files which differ from most others, or two where all differ.

    Args:
        column: the column of the files.
        files: file -> its signals.

    Returns:
        The text.
    """
    described = {file: _describe(channels) for file, channels in files.items()}
    usual, count = Counter(described.values()).most_common(1)[0]
    start = f"the files of '{column}' have no channel, rate and unit in common: "
    odd = [file for file in files if described[file] != usual]
    if 2 * count <= len(files):
        start += "; ".join(f"{file} has {described[file]}" for file in list(files)[:2])
        odd = []
    elif odd:
        more = f" and {len(odd) - _N_EXAMPLES} more" if len(odd) > _N_EXAMPLES else ""
        start += f"{count} of {len(files)} have {usual}, but "
        start += "; ".join(f"{file} has {described[file]}" for file in odd[:_N_EXAMPLES]) + more
    advice = (
        "If {0} no signals, as a questionnaire does, name {1} with --questionnaires, --scores, --events or --offsets, "
        "or move {1} out of the folder; if {2} to another modality, put the modality into {3}, as in "
        "sub-01_task-film_eeg.csv"
    )
    one, several = ("it holds", "it", "it belongs", "its name"), ("they hold", "them", "they belong", "their names")
    return f"{start}. {advice.format(*(one if len(odd) == 1 else several))}"


def list_roles(files: Mapping[str, Mapping[Path, Sequence[ChannelLike]]]) -> tuple[str, ...]:
    """Return the channels that are no signals, with what they hold.

    Args:
        files: column -> file -> its channels.

    Returns:
        Texts such as ``Status (events)``, each once.
    """
    channels = (channel for of_column in files.values() for found in of_column.values() for channel in found)
    others = (channel for channel in channels if channel.role != "signal")
    return tuple(dict.fromkeys(f"{channel.name or channel.index + 1} ({channel.role})" for channel in others))


def _group(channels: Sequence[ChannelLike], has_kinds: bool = False) -> dict[Group, list[str]]:
    groups: dict[Group, list[str]] = {}
    for channel in channels:
        name = channel.name or str(channel.index + 1)
        kind = channel.kind or (find_kind(channel.name) if has_kinds else "")
        groups.setdefault((kind, channel.part, channel.sfreq, channel.unit), []).append(name)
    return groups


def _select_channels(names: list[str]) -> tuple[str, ...]:
    """Select the action units of a face, the usual features, or all channels of other modalities.

    Args:
        names: names of the channels.

    Returns:
        The selected names.
    """
    return tuple([name for name in names if _ACTION_UNIT.match(name)] or names)


def _describe(channels: Sequence[ChannelLike]) -> str:
    groups = []
    for (_, _, sfreq, unit), names in _group(channels).items():
        rate = "an unknown rate" if sfreq is None else f"{sfreq:g} Hz"
        groups.append(f"{', '.join(names[:3])}{' …' if names[3:] else ''} at {rate}{f' in {unit}' if unit else ''}")
    return " and ".join(groups) or "nothing"


def clean_name(text: str) -> str:
    """Make the name of a modality from a text.

    Args:
        text: the text.

    Returns:
        The text without what a name may not have.
    """
    return re.sub(r"[^A-Za-z0-9_-]+", "_", text).strip("_-")[:90] or "signal"
