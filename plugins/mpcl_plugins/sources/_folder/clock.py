"""Put the files of a recording on one clock, and list what their time stamps have shown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from mpcl_core.plugin import DataError, Signal, SignalClock
from mpcl_plugins.sources._folder.time_zones import find_zone, to_utc
from mpcl_plugins.sources.formats.signal_file import SignalFile, Start, Stretch, Timing

_MOST = 1000  # clocks that are listed
_NAMED = 6  # files in a note


@dataclass(frozen=True)
class TimedSignal:
    """Hold the timing of one modality in one file.

    Args:
        file: the file.
        modality: the name of the modality.
        offset: seconds by which the file starts after the first one of its recording.
        timing: what its time stamps have shown.
        is_uncertain: whether some files of the recording state UTC and others local time.
        converted: pairs of the file's unit and the declared one, where values are converted.
        renamed: pairs of a declared channel and its label in the file, where they are spelled differently.
        bad: the declared channels that the file marks as bad.
    """

    file: Path
    modality: str
    offset: float
    timing: Timing
    is_uncertain: bool = False
    converted: tuple[tuple[str, str], ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    bad: tuple[str, ...] = ()


def find_offsets(files: Mapping[str, SignalFile], clock: str = "") -> dict[str, float]:
    """Return by how much each file starts after the first of those whose absolute times can be compared.

    Files in UTC are compared with each other, and files in local time with each other; the first of each, and files
    without an absolute time, start together.

    Args:
        files: column -> file.
        clock: ``relative`` where all start together, whatever times they state; the time zone of local time; ''
            where it is not known.

    Returns:
        Column -> seconds.
    """
    starts = {} if clock == "relative" else _find_starts(files, clock)
    first: dict[str, float] = {}
    for start in starts.values():
        first[start.clock] = min(first.get(start.clock, start.seconds), start.seconds)
    offsets = {column: start.seconds - first[start.clock] for column, start in starts.items()}
    relative = {} if clock == "relative" else {column: file.relative_start for column, file in files.items()}
    return {column: offsets.get(column, relative.get(column, 0.0)) for column in files}


def has_two_clocks(files: Mapping[str, SignalFile], clock: str = "") -> bool:
    """Return whether some files state times in UTC and others in local time of an unknown zone.

    Args:
        files: column -> file.
        clock: as in `find_offsets`.

    Returns:
        Whether they do.
    """
    return clock != "relative" and len({start.clock for start in _find_starts(files, clock).values()}) > 1


def _find_starts(files: Mapping[str, SignalFile], clock: str) -> dict[str, Start]:
    starts = {column: file.start for column, file in files.items() if file.start is not None}
    return {column: to_utc(start, find_zone(clock)) for column, start in starts.items()} if clock else starts


def move_stretch(stretch: Stretch, offset: float) -> Stretch:
    """Return the seconds of a file that belong to a stretch of its recording.

    Args:
        stretch: seconds from the first start of all files.
        offset: when the file starts.

    Returns:
        Seconds from the start of the file; the first may be before it.
    """
    return Stretch(stretch.start - offset, stretch.stop - offset) if offset else stretch


def check_overlap(signals: Mapping[str, Signal], files: Mapping[str, SignalFile], offsets: Mapping[str, float]) -> None:
    """Check that the signals of a recording share some time.

    Args:
        signals: modality -> signal.
        files: modality -> its file.
        offsets: modality -> seconds by which its file starts after the first.

    Raises:
        DataError: two files are moved against each other so far that they have no second in common.
    """
    if not any(offsets.values()):
        return
    ends = {name: signal.start + signal.values.shape[1] / signal.sfreq for name, signal in signals.items()}
    latest = max(signals, key=lambda name: signals[name].start)
    earliest = min(signals, key=lambda name: ends[name])
    if ends[earliest] <= signals[latest].start and files[earliest] is not files[latest]:
        apart = offsets[latest] - offsets[earliest]
        raise DataError(
            f"starts {apart:.6g} s after {files[earliest].path} by the times that both state, when that has ended. If "
            f"these times mean nothing, write 'relative' into the column 'clock' of the manifest",
            files[latest].path,
        )


def find_clocks(timed: Iterable[TimedSignal]) -> tuple[SignalClock, ...]:
    """Return the signals that start late, drift or have gaps; each file and modality once.

    Args:
        timed: the signals of all recordings.

    Returns:
        The clocks, at most the first 1,000.
    """
    clocks = dict.fromkeys(map(_clock, timed))
    return tuple(clock for clock in clocks if clock.offset or clock.is_resampled or clock.gaps)[:_MOST]


def find_clock_notes(timed: Iterable[TimedSignal]) -> list[str]:
    """Return a note where the clocks of some files of a recording cannot be compared.

    Args:
        timed: the signals of all recordings.

    Returns:
        The note; empty where all can.
    """
    uncertain = list(dict.fromkeys(signal.file.name for signal in timed if signal.is_uncertain))
    if not uncertain:
        return []
    names = ", ".join(uncertain[:_NAMED]) + (f" and {len(uncertain) - _NAMED} more" if len(uncertain) > _NAMED else "")
    return [
        f"Not aligned with all files of their recording: {names}; some state UTC, others local time. State the time "
        "zone of the latter in the column 'clock', as in Europe/Berlin."
    ]


def find_unit_notes(timed: Iterable[TimedSignal]) -> list[str]:
    """Return a note for each modality whose values are converted to the declared unit.

    Args:
        timed: the signals of all recordings.

    Returns:
        The notes.
    """
    files: dict[tuple[str, str, str], set[str]] = {}
    for signal in timed:
        for unit, declared in signal.converted:
            files.setdefault((signal.modality, unit, declared), set()).add(str(signal.file))
    return [
        f"{modality}: converted from {unit}, the unit of {len(paths)} of its files, to {declared}."
        for (modality, unit, declared), paths in files.items()
    ]


def find_channel_notes(timed: Iterable[TimedSignal]) -> list[str]:
    """Return notes on channels with other names in files than in the recipe, and on bad channels.

    Args:
        timed: the signals of all recordings.

    Returns:
        The notes.
    """
    files: dict[str, set[str]] = {}
    examples: dict[str, tuple[str, str]] = {}
    bad: dict[str, dict[str, set[str]]] = {}
    for signal in timed:
        if signal.renamed:
            files.setdefault(signal.modality, set()).add(str(signal.file))
            examples.setdefault(signal.modality, signal.renamed[0])
        for channel in signal.bad:
            bad.setdefault(signal.modality, {}).setdefault(channel, set()).add(str(signal.file))
    renamed = [
        f"{modality}: channels of {len(paths)} of its files are spelled otherwise; '{examples[modality][1]}' was taken "
        f"for '{examples[modality][0]}'."
        for modality, paths in files.items()
    ]
    return renamed + [
        f"{modality}: files mark channels as bad, which are read all the same: "
        f"{', '.join(f'{channel} in {len(paths)}' for channel, paths in channels.items())}. To leave a channel out, "
        "remove it from 'channels'; to leave a file out, empty its cell in the manifest."
        for modality, channels in bad.items()
    ]


def _clock(signal: TimedSignal) -> SignalClock:
    timing = signal.timing
    measured = (timing.drift, timing.resampled, timing.gaps, timing.lost)
    return SignalClock(signal.file.name, signal.modality, signal.offset, *measured)
