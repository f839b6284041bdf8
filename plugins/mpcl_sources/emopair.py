"""EmoPairCompete: wrist signals of 26 people in a puzzle contest of pairs, with PANAS ratings of each phase.

Das et al., *EmoPairCompete* (2024, Zenodo 11151713), in its compact form. A person goes through four rounds
of three phases, each of about five minutes and rated afterwards on the ten items of the short PANAS from 1 to
5; D is the ratings over their sum.
"""

import logging
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from mpcl_core.interfaces.components import Source
from mpcl_core.interfaces.data import Modality, Recording, Valence
from mpcl_sources._emopair_files import ITEMS, Segment, Track, read_rates, read_segments, read_track

SIGNALS = {"ppg": "BVP", "gsr": "EDA", "temperature": "TEMP", "heart_rate": "HR"}
UNITS = {"ppg": "", "gsr": "uS", "temperature": "degC", "heart_rate": "bpm"}
NEGATIVE = ("upset", "hostile", "ashamed", "nervous", "afraid")

logger = logging.getLogger(__name__)


class EmoPair(Source):
    """One recording a segment. ``ppg`` is the file's BVP (64 Hz), ``gsr`` its EDA (4 Hz, uS), ``temperature``
    its TEMP (4 Hz, degC), and ``heart_rate`` its HR (1 Hz, bpm).

    ``trial`` is round and phase (``r1p2``), ``session`` the round (``round1``), ``condition`` the phase
    (``phase2``); there is no stimulus. Segments in which an item was not rated are left out; `incomplete`
    names them. The length of a segment tells of its phase, so no model should see it. In a few first phases of
    a round the heart rate is up to 10 s shorter than the rest (the watch had just been switched on); the file
    does not say where it starts, and 0 is taken. Recordings are made one at a time from the file's integers,
    which stay in memory (about 30 MB).

    Args:
        path: the folder with ``signals.npz`` and ``responses.csv``.

    Raises:
        DataError: a file is missing or damaged, or a row of it is not what it should be.
    """

    name = "emopair"

    def __init__(self, *, path: Path) -> None:
        self.path = path

    @property
    def modalities(self) -> tuple[Modality, ...]:
        rates = read_rates(self.path / "signals.npz", SIGNALS.values())
        return tuple(
            Modality(name, n_chans=1, sfreq=rates[stored].sfreq, unit=UNITS[name]) for name, stored in SIGNALS.items()
        )

    @property
    def labels(self) -> tuple[str, ...]:
        return ITEMS

    @property
    def valence(self) -> Valence:
        return Valence(tuple(item for item in ITEMS if item not in NEGATIVE), NEGATIVE)

    @property
    def incomplete(self) -> tuple[int, ...]:
        """The rows of ``responses.csv``, from 0, that are left out because an item was not rated."""
        return tuple(segment.row for segment in self._segments() if segment.ratings is None)

    def load(self) -> Iterator[Recording]:
        segments = self._segments()
        archive = self.path / "signals.npz"
        rates = read_rates(archive, SIGNALS.values())
        tracks = {name: read_track(archive, stored, len(segments), rates[stored]) for name, stored in SIGNALS.items()}
        rated = [segment for segment in segments if segment.ratings is not None]
        logger.info("%d of %d segments have every item rated", len(rated), len(segments))
        return (_recording(segment, tracks) for segment in rated)

    def _segments(self) -> list[Segment]:
        return read_segments(self.path / "responses.csv")


def _recording(segment: Segment, tracks: dict[str, Track]) -> Recording:
    ratings = np.array(segment.ratings)
    return Recording(
        signals={name: track.segment(segment.row) for name, track in tracks.items()},
        D=ratings / ratings.sum(),
        subject=segment.subject,
        trial=segment.trial,
        session=f"round{segment.round}",
        condition=f"phase{segment.phase}",
    )
