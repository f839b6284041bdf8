"""A study of one's own: files of many kinds, and one table that lists them.

The manifest has a row for each recording: subject, time, condition, the files with the signals, and the ratings. The
recipe declares every modality's channels, sampling rate and unit, and each file is compared with that wherever it
describes itself: a rate that is wrong by a factor of two makes numbers as plausible as the right one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, ClassVar

import numpy as np
from pydantic import AfterValidator, Field

from mpcl_core.plugin import (
    AtFloor,
    DataError,
    MissingScore,
    Modality,
    Name,
    NonNegative,
    Positive,
    RatedDistributions,
    RatingRule,
    Ratings,
    Recording,
    RecordingOverlap,
    SignalClock,
    Source,
    Valence,
)
from mpcl_plugins.sources._folder.absences import describe_lost_subjects, describe_missing_files
from mpcl_plugins.sources._folder.clock import find_channel_notes, find_clock_notes, find_clocks, find_unit_notes
from mpcl_plugins.sources._folder.declared import Declared, check_units, usual_unit
from mpcl_plugins.sources._folder.events import Event, find_events, find_first_start
from mpcl_plugins.sources._folder.manifest import HIGHEST, NEEDED, OPTIONAL, Manifest, ManifestEntry
from mpcl_plugins.sources._folder.overlaps import find_overlaps, overlap_note
from mpcl_plugins.sources._folder.recordings import Reader
from mpcl_plugins.sources.formats.bids import describe_channels
from mpcl_plugins.sources.formats.open_file import KINDS, find_files, list_contents, open_file
from mpcl_plugins.sources.formats.signal_file import Channel, Start, known_role


class Folder(Source):
    """Read one recording a row of a manifest.

    The manifest's columns are ``subject`` and ``trial``; where they are known ``session``, ``condition``,
    ``stimulus``, ``weight`` (of the recording; 1), ``start`` and ``stop`` (seconds from the first start of its
    files; empty for the whole), ``clock`` (``relative``: absolute times mean nothing, and all files start together;
    or the time zone of files that state local time, ``Europe/Berlin`` or ``+02:00``); one for each kind of file, with
    paths from the manifest's folder; and one for each label, with its score.
    ``n/a`` is an empty cell, and where a number belongs ``NA`` and ``NaN``. A trial is named by session and trial.

    Files that state absolute times (seconds since 1970, ISO text, E4; or EDF and BDF headers, which are compared only
    with each other, because they do not state the time zone) start as far apart as these say; all others start
    together. Where a file has time stamps, samples lie where the stamps say: late, early and doubled stamps change
    nothing, and a rate that is up to 0.5 % off is resampled to the declared one. `clocks` lists offsets, drift and
    gaps. Values in another prefix of the declared unit (mV for uV) are converted.

    A modality is absent where its cell is empty (`notes` counts them); a recording without any is left out. A cell
    that names a missing file is an error. A missing value in a file, and the time of a gap in its time stamps, is NaN:
    a dropout, which makes the modality absent in the windows that it touches. An infinite value is an error. Files are
    .csv and .tsv (a column a channel), those of OpenFace, Mind Monitor (Muse) and Shimmer, .txt of OpenBCI and Polar
    Sensor Logger, .npz, .edf, .bdf, .xdf, .zip or the folder of an Empatica E4, ``_physio.tsv.gz`` of BIDS, .hea of
    WFDB (extra ``wfdb``), what MNE opens (.fif, .vhdr, .set, .gdf, .cnt …; extra ``mne``), and .parquet tables (extra
    ``parquet``).

    Args:
        path: the manifest, .csv or .tsv.
        modalities: name -> ``channels`` (names in the file), ``sfreq`` (Hz), ``unit``, ``column`` of the manifest
            (by default the modality's name), ``part`` of the file, where a file has several: an array of
            an .npz, a stream of an .xdf, ``BVP`` of an E4's .zip.
        labels: the columns with the scores.
        valence: ``positive`` and ``negative`` labels, where they are known.
        floor: the lowest score of the scale.
        ceiling: the highest score of the scale, where it is known; a score above it is an error.
        ratings: how scores become a distribution: ``share`` (over their sum), ``above_floor`` (the same with the
            floor taken from each), ``softmax``.
        at_floor: a row whose scores leave nothing to divide is ``uniform``, or ``drop`` leaves it out.
        missing: a row with a missing score is left out (``drop``), or the score is the ``floor`` or the ``mean`` of
            the row's others. A row without any score is always left out.

    Raises:
        ValueError: a label appears twice or has the name of another column, or ``valence`` names anything but labels.
    """

    name = "folder"
    suffixes: ClassVar[tuple[str, ...]] = tuple(KINDS)
    """Of the files that it reads."""

    def __init__(
        self,
        *,
        path: Path,
        modalities: Annotated[dict[Name, Declared], Field(min_length=1), AfterValidator(check_units)],
        labels: Annotated[tuple[str, ...], Field(min_length=2)],
        valence: Valence | None = None,
        floor: NonNegative = 0.0,
        ceiling: Positive | None = None,
        ratings: RatingRule = "share",
        at_floor: AtFloor = "uniform",
        missing: MissingScore = "drop",
    ) -> None:
        self.path = path
        self._declared, self._labels, self._valence = modalities, labels, valence
        self._files_in = tuple(dict.fromkeys(declared.column or name for name, declared in modalities.items()))
        self._reader = Reader(path, modalities)
        self._ceiling = HIGHEST if ceiling is None else ceiling
        self._ratings = Ratings(ratings, at_floor, missing, floor)
        _check_names(labels, {*NEEDED, *OPTIONAL, *self._files_in}, valence)

    @property
    def modalities(self) -> tuple[Modality, ...]:
        return tuple(
            Modality(name, len(declared.channels), None, declared.sfreq, declared.channels, declared.unit)
            for name, declared in self._declared.items()
        )

    @property
    def labels(self) -> tuple[str, ...]:
        return self._labels

    @property
    def valence(self) -> Valence | None:
        return self._valence

    @property
    def notes(self) -> tuple[str, ...]:
        entries = self._entries()
        rated = self._rated(entries)
        used = [entries[row] for row in rated.rows]
        timed = self._reader.timings(used)
        missing = (describe_missing_files(used, column) for column in self._files_in)
        found = (
            *missing,
            describe_lost_subjects(entries, used),
            overlap_note(find_overlaps(used)),
            self._ratings.floor_hint(_scores(entries)[rated.rows]),
        )
        return (
            rated.note,
            *filter(None, found),
            *find_clock_notes(timed),
            *find_unit_notes(timed),
            *find_channel_notes(timed),
        )

    @property
    def clocks(self) -> tuple[SignalClock, ...]:
        entries = self._entries()
        return find_clocks(self._reader.timings(entries[row] for row in self._rated(entries).rows))

    @property
    def overlaps(self) -> tuple[RecordingOverlap, ...]:
        return tuple(overlap.recordings() for overlap in find_overlaps(self._entries()))

    @property
    def files(self) -> tuple[Path, ...]:
        named = dict.fromkeys(file for entry in self._entries() for file in entry.files.values())
        return tuple(file for path in named for file in list_contents(path))

    @staticmethod
    def find_files(folder: Path) -> list[Path]:
        """Return what can be read in a folder and its folders.

        Args:
            folder: the folder.

        Returns:
            Files, and folders that are one recording, such as that of an E4; in order.
        """
        return find_files(folder)

    @staticmethod
    def channels(file: Path) -> tuple[Channel, ...]:
        """Return the channels of a file, with units as a recipe writes them and what each of them holds.

        Args:
            file: a file of signals.

        Returns:
            The channels as the file describes them.

        Raises:
            DataError: it is of no known kind, or damaged.
        """
        return tuple(
            replace(channel, unit=usual_unit(channel.unit), role=known_role(channel))
            for channel in describe_channels(file, open_file(file).channels)
        )

    @staticmethod
    def find_events(files: Mapping[str, Path]) -> list[Event]:
        """Return the stretches that the files of one recording mark, in order.

        Args:
            files: column of the manifest -> file.

        Returns:
            The events: annotations of EDF and FIF files, tags of an E4, markers of an XDF, events of BIDS.

        Raises:
            DataError: a file is damaged.
        """
        return find_events(files)

    @staticmethod
    def find_first_start(files: Mapping[str, Path]) -> Start | None:
        """Return the absolute time from which ``start`` and ``stop`` of a recording count.

        Args:
            files: column of the manifest -> file.

        Returns:
            The time; None where the files do not agree on one.

        Raises:
            DataError: a file is damaged.
        """
        return find_first_start(files)

    def load(self) -> Iterator[Recording]:
        entries = self._entries()
        rated = self._rated(entries)
        if not len(rated.rows):
            raise DataError(f"no row has the scores that it needs. {rated.note}", self.path)
        return self._reader.recordings([entries[row] for row in rated.rows], rated.D)

    def _entries(self) -> list[ManifestEntry]:
        manifest = Manifest(self.path, self._files_in, self._labels, (self._ratings.floor, self._ceiling))
        entries = manifest.entries()
        for column in self._files_in:
            if not any(column in entry.files for entry in entries):
                raise DataError("no row names a file", self.path, column)
        return entries

    def _rated(self, entries: list[ManifestEntry]) -> RatedDistributions:
        return self._ratings.distributions(_scores(entries))


def _scores(entries: Sequence[ManifestEntry]) -> np.ndarray:
    return np.array([entry.scores for entry in entries])


def _check_names(labels: Sequence[str], columns: set[str], valence: Valence | None) -> None:
    if twice := [label for label in labels if labels.count(label) > 1 or label in columns]:
        raise ValueError(f"label '{twice[0]}' has the name of another label or column")
    leaning = (*valence.positive, *valence.negative) if valence else ()
    if strange := [label for label in leaning if label not in labels or leaning.count(label) > 1]:
        raise ValueError(f"valence: '{strange[0]}' is not a label, or appears twice; labels: {', '.join(labels)}")
