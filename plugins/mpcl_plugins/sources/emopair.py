"""EmoPairCompete: wrist signals of 26 people in a puzzle contest of pairs, with PANAS ratings of each phase.

Das et al., *EmoPairCompete* (2024, Zenodo 11151713). A person goes through four rounds of three phases,
each of about five minutes and rated afterwards on the ten items of the short PANAS from 1 to 5.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import (
    AtFloor,
    MissingScore,
    Modality,
    RatedDistributions,
    RatingRule,
    Ratings,
    Recording,
    Signal,
    Source,
    Valence,
)
from mpcl_plugins.sources._emopair.files import ITEMS, LOWEST, Segment, read_rates, read_segments, read_track
from mpcl_plugins.sources._emopair.folders import RATES, find_folders, read_responses, read_signals

ARCHIVE, RESPONSES = "signals.npz", "responses.csv"
SIGNALS = {"ppg": "BVP", "gsr": "EDA", "temperature": "TEMP", "heart_rate": "HR"}
UNITS = {"ppg": "", "gsr": "uS", "temperature": "degC", "heart_rate": "bpm"}
NEGATIVE = ("upset", "hostile", "ashamed", "nervous", "afraid")


class EmoPair(Source):
    """Read one recording a segment, with the wrist signals of EmoPairCompete.

    ``ppg`` is the file's BVP (64 Hz), ``gsr`` its EDA (4 Hz, uS), ``temperature`` its TEMP (4 Hz, degC), and
    ``heart_rate`` its HR (1 Hz, bpm). ``trial`` is round and phase (``r1p2``), ``session`` the round (``round1``),
    ``condition`` the phase (``phase2``); there is no stimulus. The length of a segment is confounded with its phase, so
    no model should see it. In a few first phases of a round the heart rate is up to 10 s shorter than the rest (the
    watch had just been switched on). There are two layouts, which give the same recordings.

    *Compact*: ``signals.npz`` and ``responses.csv``. The integers of all segments stay in memory (about 30 MB), and
    recordings are made of them one at a time. They do not state where a signal starts, and 0 is taken.

    *As published*: a folder a segment, whose path ends like ``D1_1/ID_1/round_1/phase2`` (or with ``_`` for ``/``),
    with ``response.csv`` and ``BVP.csv``, ``EDA.csv``, ``TEMP.csv``, ``HR.csv``; one segment is in memory at a
    time. The times in them locate the start of a signal.

    Args:
        path: the folder with ``signals.npz`` and ``responses.csv``; where neither is in it, a folder of a segment or
            one with such folders anywhere in it.
        ratings: how scores become a distribution: ``share`` (over their sum), ``above_floor`` (the same with 1 taken
            from each), ``softmax``.
        at_floor: with ``above_floor``, a segment of ones is ``uniform``, or ``drop`` leaves it out.
        missing: a segment with an item that was not rated is left out (``drop``), or the score is 1 (``floor``) or
            the ``mean`` of the segment's others.

    Raises:
        DataError: a file is missing or damaged, or a row of it is invalid.
    """

    name = "emopair"
    lowest_score = LOWEST

    def __init__(
        self,
        *,
        path: Path,
        ratings: RatingRule = "share",
        at_floor: AtFloor = "uniform",
        missing: MissingScore = "drop",
    ) -> None:
        self.path = path
        self._ratings = Ratings(ratings, at_floor, missing, LOWEST)

    @property
    def modalities(self) -> tuple[Modality, ...]:
        rates = RATES if self._folders() else read_rates(self.path / ARCHIVE, SIGNALS.values())
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
    def notes(self) -> tuple[str, ...]:
        return (self._rated(self._segments()).note,)

    def load(self) -> Iterator[Recording]:
        segments = self._segments()
        signals = self._signals(segments)
        rated = self._rated(segments)
        return (_recording(segments[row], D, signals) for row, D in zip(rated.rows, rated.D, strict=True))

    def _folders(self) -> list[Path]:
        """Return the folders of the segments; none where the layout is the compact one.

        Returns:
            The folders, sorted by path.
        """
        compact = any((self.path / name).exists() for name in (ARCHIVE, RESPONSES))
        return [] if compact else find_folders(self.path)

    def _segments(self) -> list[Segment]:
        folders = self._folders()
        return read_responses(folders) if folders else read_segments(self.path / RESPONSES)

    def _signals(self, segments: list[Segment]) -> Callable[[Segment], dict[str, Signal]]:
        if folders := self._folders():
            return lambda segment: read_signals(folders[segment.row], SIGNALS)
        archive = self.path / ARCHIVE
        rates = read_rates(archive, SIGNALS.values())
        tracks = {name: read_track(archive, stored, len(segments), rates[stored]) for name, stored in SIGNALS.items()}
        return lambda segment: {name: track.segment(segment.row) for name, track in tracks.items()}

    def _rated(self, segments: list[Segment]) -> RatedDistributions:
        return self._ratings.distributions(np.array([segment.ratings for segment in segments]))


def _recording(
    segment: Segment, D: Float64[np.ndarray, "k"], signals: Callable[[Segment], dict[str, Signal]]
) -> Recording:
    return Recording(
        signals=signals(segment),
        D=D,
        subject=segment.subject,
        trial=segment.trial,
        session=f"round{segment.round}",
        condition=f"phase{segment.phase}",
    )
