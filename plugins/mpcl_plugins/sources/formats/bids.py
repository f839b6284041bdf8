"""Read what a BIDS folder states beside a recording (bids-specification.readthedocs.io): channels and physiology.

``…_channels.tsv`` gives the type of each channel and its unit; ``n/a`` is an empty cell. A ``…_physio.tsv.gz`` or
``…_stim.tsv.gz`` is a table without a header, whose JSON file states its columns, its rate and its start relative to
the recording of the same name. Channels whose ``status`` is ``bad`` are read as they are, and stated in a note.
"""

import gzip
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import DataError, Signal, csv_rows, parse_json, read_bytes
from mpcl_plugins.sources.formats.channel_roles import Role, find_role
from mpcl_plugins.sources.formats.number_lines import NumberLines
from mpcl_plugins.sources.formats.signal_file import Channel, SignalFile, Stretch
from mpcl_plugins.sources.formats.table_lines import naming_lines

PHYSIOLOGY = ("_physio.tsv.gz", "_stim.tsv.gz")
"""How the names of compressed tables end."""
_LARGEST, _LARGEST_SIDECAR = 2**30, 2**20  # bytes of an uncompressed table, and of its JSON file
_TYPES: dict[str, tuple[Role, str]] = {
    "EEG": ("signal", "eeg"),
    "ECG": ("signal", "ecg"),
    "EMG": ("signal", "emg"),
    "EOG": ("signal", "eog"),
    "HEOG": ("signal", "eog"),
    "VEOG": ("signal", "eog"),
    "GSR": ("signal", "gsr"),
    "PPG": ("signal", "ppg"),
    "RESP": ("signal", "respiration"),
    "TEMP": ("signal", "temperature"),
    "TRIG": ("events", ""),
    "SYSCLOCK": ("times", ""),
    "REF": ("numbering", ""),
    "MISC": ("numbering", ""),
}
"""Type of a channel -> what it holds, and its modality. Others are signals of no stated kind."""


def describe_channels(path: Path, channels: Sequence[Channel]) -> list[Channel]:
    """Return the channels with the types and units of the table beside a BIDS recording.

    Args:
        path: the recording.
        channels: the channels as the file describes them.

    Returns:
        The channels; the same ones where there is no such table.

    Raises:
        DataError: the table is damaged, or has no column ``name``.
    """
    table = path.with_name(f"{path.name.rpartition('_')[0]}_channels.tsv")
    if not path.name.startswith("sub-") or not table.is_file():
        return list(channels)
    stated = {row["name"]: row for row in csv_rows(table, ("name", "type", "units"))}
    return [_described(channel, stated.get(channel.name, {})) for channel in channels]


def _described(channel: Channel, row: dict[str, str]) -> Channel:
    role, kind = _TYPES.get(row.get("type", "").strip().upper(), (channel.role, channel.kind))
    unit = row.get("units", "").strip()
    unit = channel.unit or ("" if unit.lower() == "n/a" else unit)
    is_bad = channel.is_bad or row.get("status", "").strip().lower() == "bad"
    return channel if channel.fault else replace(channel, role=role, kind=kind, unit=unit, is_bad=is_bad)


class PhysioFile(SignalFile):
    """Read a compressed table of physiology.

    Raises:
        DataError: its JSON file is missing, or does not state columns and rate.
    """

    is_in_memory = True

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        sidecar = path.with_name(f"{path.name.removesuffix('.tsv.gz')}.json")
        if not path.name.endswith(PHYSIOLOGY) or not sidecar.is_file():
            raise DataError("a compressed file is read only as ..._physio.tsv.gz of BIDS, with its .json", path)
        self._stated = _read_sidecar(sidecar)
        rate, columns, start = (self._stated.get(key) for key in ("SamplingFrequency", "Columns", "StartTime"))
        if not isinstance(rate, int | float) or not rate > 0 or not isinstance(columns, list) or not columns:
            raise DataError("must state 'SamplingFrequency' above 0 and 'Columns'", sidecar)
        self._rate, self._columns = float(rate), [str(column) for column in columns]
        self.relative_start = float(start) if isinstance(start, int | float) else 0.0

    @cached_property
    def channels(self) -> tuple[Channel, ...]:
        usual = {"cardiac": "ppg", "respiratory": "respiration", "trigger": ""}
        return tuple(
            Channel(
                name,
                number,
                sfreq=self._rate,
                unit=self._unit(name),
                role=find_role(name),
                rate_field="JSON file: SamplingFrequency",
                unit_field="JSON file: Units",
                kind=usual.get(name, ""),
            )
            for number, name in enumerate(self._columns)
        )

    def read(self, channels: Sequence[Channel], sfreq: float, stretch: Stretch) -> Signal:
        wanted = stretch.samples(self._rate)
        values = self._values[wanted][:, [channel.index for channel in channels]]
        with naming_lines(lambda row: wanted.start + row + 1):
            return stretch.signal(values.T, self._rate, self.path, channels[0].name)

    def _unit(self, column: str) -> str:
        about = self._stated.get(column)
        return str(about.get("Units", "")) if isinstance(about, dict) else ""

    @cached_property
    def _values(self) -> Float64[np.ndarray, "T c"]:
        try:
            with gzip.open(self.path, "rb") as file:
                content = file.read(_LARGEST + 1)
            text = content.decode("utf-8")
        except (OSError, EOFError, UnicodeDecodeError) as error:
            raise DataError(f"not a compressed table that can be read ({error})", self.path) from error
        if len(content) > _LARGEST:
            raise DataError(f"holds more than {_LARGEST} bytes", self.path)
        with naming_lines(lambda row: row + 1):
            return NumberLines(self.path, self._columns, "\t").numbers(text.splitlines(), range(len(self._columns)))


def _read_sidecar(path: Path) -> dict[str, Any]:
    try:
        content = parse_json(read_bytes(path, _LARGEST_SIDECAR))
    except (OSError, ValueError) as error:
        raise DataError(f"not a JSON file that can be read ({error})", path) from error
    if not isinstance(content, dict):
        raise DataError("must hold an object", path)
    return content
