"""Read every format that ``mne.io.read_raw`` opens from one file: FIF, BrainVision, EEGLAB, GDF, CNT, Nihon Kohden ….

Gramfort et al., *MEG and EEG data analysis with MNE-Python*, Frontiers in Neuroscience 2013. The library gives SI
units; here a channel has the unit that its file states, or else microvolts, microsiemens, femtotesla and so on. Time
that an annotation ``BAD…`` covers is NaN, a dropout, as elsewhere in MNE: also ``BAD_ACQ_SKIP``, the pauses of a FIF
file.
"""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from mpcl_core.plugin import Signal
from mpcl_plugins.sources.formats.channel_roles import Role
from mpcl_plugins.sources.formats.optional_library import import_library
from mpcl_plugins.sources.formats.signal_file import Channel, Mark, SignalFile, Start, Stretch
from mpcl_plugins.sources.formats.trigger_codes import find_codes

SUFFIXES = (".fif", ".vhdr", ".ahdr", ".set", ".gdf", ".cnt", ".lay", ".nxe", ".nedf", ".cdt", ".snirf", ".sqd", ".eeg")
"""Of the files that are read here. A .eeg is one of Nihon Kohden; that of BrainVision is read through its .vhdr."""
_UTC = (".fif", ".snirf")
"""The suffixes of files that state absolute times in UTC; others do not state their time zone."""
_EVENTS, _NUMBERING = ("stim",), ("syst", "chpi", "exci", "ias")
_PREFIXES = {"n": 1e9, "u": 1e6, "m": 1e3, "": 1.0}
_UNITS = {
    "FIFF_UNIT_V": ("uV", 1e6),
    "FIFF_UNIT_S": ("uS", 1e6),
    "FIFF_UNIT_T": ("fT", 1e15),
    "FIFF_UNIT_T_M": ("fT/cm", 1e13),
    "FIFF_UNIT_MOL": ("uM", 1e6),
    "FIFF_UNIT_CEL": ("degC", 1.0),
}
"""SI unit of MNE -> the unit of the channel, and the factor."""


class MneFile(SignalFile):
    """Read a file through MNE-Python (extra ``mne``), a stretch at a time.

    Absolute time is that of ``meas_date`` and the first sample. EEGLAB files with the data inside are read whole.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._mne: Any = import_library("mne", path, extra="mne")

    @cached_property
    def channels(self) -> tuple[Channel, ...]:
        kinds = self._raw.get_channel_types()
        return tuple(
            Channel(
                name,
                number,
                sfreq=self._sfreq,
                unit=unit,
                role=_role(kind),
                rate_field="header: sfreq",
                unit_field="header: unit of the channel",
                is_bad=name in self._raw.info["bads"],
            )
            for number, (name, kind, (unit, _)) in enumerate(zip(self._raw.ch_names, kinds, self._scales, strict=True))
        )

    @cached_property
    def start(self) -> Start | None:
        begin = self._raw.info["meas_date"]
        if begin is None:
            return None
        seconds = begin.timestamp() + float(self._raw.first_time)
        return Start(seconds, "utc" if self.path.suffix.lower() in _UTC else "local")

    @cached_property
    def marks(self) -> tuple[Mark, ...]:
        annotations = self._raw.annotations
        first = float(self._raw.first_time) if annotations.orig_time is not None else 0.0
        columns = (annotations.onset, annotations.duration, annotations.description)
        found = zip(*columns, strict=True)
        annotated = sorted(Mark(float(onset) - first, float(lasts), str(text)) for onset, lasts, text in found)
        return tuple(annotated) or tuple(self._codes())

    def _codes(self) -> list[Mark]:
        """Return the codes of the stimulus channels.

        Returns:
            The marks in order.
        """
        marks = []
        for number, kind in enumerate(self._raw.get_channel_types()):
            if kind in _EVENTS:
                with self.reading_with("MNE"):
                    codes = np.rint(self._raw.get_data([number], verbose="ERROR")[0])
                marks += find_codes(codes.astype(np.int64), self._sfreq)
        return sorted(marks)

    def read(self, channels: Sequence[Channel], sfreq: float, stretch: Stretch) -> Signal:
        first, last, _ = stretch.samples(self._sfreq).indices(int(self._raw.n_times))
        numbers = [channel.index for channel in channels]
        values = np.empty((len(numbers), 0))
        if last > first:
            with self.reading_with("MNE"):
                values = self._raw.get_data(numbers, first, last, reject_by_annotation="NaN", verbose="ERROR")
        factors = np.array([[self._scales[number][1]] for number in numbers])
        return stretch.signal(values * factors, self._sfreq, self.path, channels[0].name)

    @cached_property
    def _raw(self) -> Any:
        with self.reading_with("MNE"):
            return self._mne.io.read_raw(self.path, preload=False, verbose="ERROR")

    @property
    def _sfreq(self) -> float:
        return float(self._raw.info["sfreq"])

    @cached_property
    def _scales(self) -> list[tuple[str, float]]:
        """Return the unit of each channel, and by what its SI values are multiplied."""
        from mne.io.constants import FIFF

        usual = {int(getattr(FIFF, name)): scale for name, scale in _UNITS.items() if hasattr(FIFF, name)}
        stated = getattr(self._raw, "_orig_units", None) or {}
        units = [int(about["unit"]) for about in self._raw.info["chs"]]
        return [
            ("", 1.0) if _role(kind) != "signal" else _stated_scale(stated.get(name, "")) or usual.get(unit, ("", 1.0))
            for name, kind, unit in zip(self._raw.ch_names, self._raw.get_channel_types(), units, strict=True)
        ]


def list_companions(path: Path) -> list[Path]:
    """Return the files that belong to a recording, because MNE reads them together.

    Args:
        path: the file that is opened: a BrainVision .vhdr, an EEGLAB .set, the first part of a FIF file ….

    Returns:
        The files of the same name with another suffix, and the further parts of a FIF file; in order.
    """
    parts = path.parent.glob(f"{_literal(path.stem)}-[0-9]*.fif") if path.suffix.lower() == ".fif" else ()
    return sorted({path, *path.parent.glob(f"{_literal(path.stem)}.*"), *parts})


def is_companion(path: Path) -> bool:
    """Return whether a file is the data of another one, through which it is read.

    Args:
        path: a file.

    Returns:
        True for the .eeg of a BrainVision recording, and for the further parts of a FIF file.
    """
    suffix = path.suffix.lower()
    if suffix == ".eeg":
        return any(path.with_suffix(header).exists() for header in (".vhdr", ".ahdr"))
    stem, _, number = path.stem.rpartition("-")
    return suffix == ".fif" and number.isdigit() and path.with_name(f"{stem}.fif").exists()


def _literal(stem: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in stem)


def _role(kind: str) -> Role:
    if kind in _EVENTS:
        return "events"
    return "numbering" if kind in _NUMBERING else "signal"


def _stated_scale(text: str) -> tuple[str, float] | None:
    """Return the unit that a file states, where it is one of volts, and the factor from volts.

    Returns:
        The unit as a recipe writes it, and the factor; None for any other unit.
    """
    plain = text.strip().replace("\N{MICRO SIGN}", "u").replace("\N{GREEK SMALL LETTER MU}", "u")
    prefix = plain.removesuffix("V")
    return (plain, _PREFIXES[prefix]) if plain.endswith("V") and prefix in _PREFIXES else None
