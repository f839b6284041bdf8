"""FACED: EEG of 123 people who watched 28 film clips, with ratings of eight emotions.

Chen et al., *A large finer-grained affective computing EEG dataset*, Scientific Data 2023. The files are on Synapse
(syn50614194), CC BY 4.0 as far as known, after a free registration; this source downloads nothing, and was tested on
files made in the documented layout.

After each clip, twelve items were rated from 0 to 7, eight of them emotions:

    D_k = s_k / Σ_j s_j      s_k = the score of emotion k; 0 is "not at all"
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import AtFloor, DataError, MissingScore, Positive, RatingRule, Ratings, Recording, Valence
from mpcl_plugins.sources._study_layouts.mat_struct import get_field, list_cells, read_struct
from mpcl_plugins.sources._study_layouts.study_source import StudySource
from mpcl_plugins.sources._study_layouts.tracks import Track, make_signals
from mpcl_plugins.sources.formats.array_pickle import PickledArray, load_pickle

EMOTIONS = ("joy", "tenderness", "inspiration", "amusement", "anger", "disgust", "fear", "sadness")
"""The first eight items; arousal, valence, familiarity and liking follow."""
EEG = (
    *("Fp1", "Fp2", "Fz", "F3", "F4", "F7", "F8", "FC1", "FC2", "FC5", "FC6", "Cz", "C3", "C4", "T7", "T8"),
    *("CP1", "CP2", "CP5", "CP6", "Pz", "P3", "P4", "P7", "P8", "PO3", "PO4", "Oz", "O1", "O2"),
)
"""The first 30 channels; the mastoids follow."""
N_CHANNELS = 32
N_CLIPS, N_ITEMS, HIGHEST = 28, 12, 7.0
TARGETS = (
    *("anger",) * 3,
    *("disgust",) * 3,
    *("fear",) * 3,
    *("sadness",) * 3,
    *("neutral",) * 4,
    *("amusement",) * 3,
    *("inspiration",) * 3,
    *("joy",) * 3,
    *("tenderness",) * 3,
)
"""Clip -> the emotion that it was to evoke."""
_LARGEST = 2**26


class FACED(StudySource):
    """Read one recording a clip from ``Processed_data`` and the ratings in ``Data``.

    ``subject`` is the person (``sub000`` to ``sub122``), ``trial`` and ``stimulus`` the number of the clip from 1 to
    28, ``condition`` the emotion that the clip was to evoke. The modality is ``eeg`` (30 electrodes at 250 Hz, the last
    30 s of each clip, which the authors cleaned; no unit is declared).

    Traps of these files, and what is done about them:

    - The ratings are in the order in which a person saw the clips, which differs between people, and the EEG is in that
      of their numbers. ``vid`` of each rating says which clip it belongs to; a clip that is missing or twice is
      refused.
    - Each person's items of arousal, valence, familiarity and liking stand beside the emotions: they are ratings, never
      an input.
    - A clip for which nobody's emotion is above 0 (the neutral ones) has no distribution: see ``at_floor``.
    - Clips 13 to 16 were to be neutral, which is no item: the labels have no neutral.
    - The two cohorts were recorded with the mastoids at other places of the list (``A1``, ``A2`` behind ``T8`` in the
      first, ``A2``, ``A1`` at the end in the second). The processed files are read in the order of the second, as the
      readers of this study do, and the mastoids are left out. Compare both cohorts before electrodes are interpreted.
    - The pickles are read without running anything that they name.

    Args:
        path: the folder that holds ``Processed_data/sub000.pkl`` … and ``Data/sub000/After_remarks.mat`` ….
        last: the seconds that are read of each clip, up to its end.
        ratings: how scores become a distribution.
        at_floor: a clip with every score at 0 is ``uniform``, or ``drop`` leaves it out.
        missing: what happens where an item was not rated.

    Raises:
        DataError: a file is missing or damaged, or has a rating outside of 0 to 7.
    """

    name = "faced"
    tracks: ClassVar[Mapping[str, Track]] = {"eeg": Track(EEG, 250.0, is_zero_missing=True)}
    emotions = EMOTIONS
    leaning: ClassVar[Valence | None] = Valence(EMOTIONS[:4], EMOTIONS[4:])
    pattern = "Processed_data/sub*.pkl"

    def __init__(
        self,
        *,
        path: Path,
        last: Positive = 30.0,
        ratings: RatingRule = "share",
        at_floor: AtFloor = "uniform",
        missing: MissingScore = "drop",
    ) -> None:
        super().__init__(path=path, last=last)
        self._ratings = Ratings(ratings, at_floor, missing, 0.0)

    @property
    def notes(self) -> tuple[str, ...]:
        scores = np.concatenate([self._scores(file) for file in self.people()])
        return (self._ratings.distributions(scores).note,)

    @property
    def files(self) -> tuple[Path, ...]:
        return (*super().files, *map(self._remarks, super().files))

    def read_person(self, file: Path) -> Iterator[Recording]:
        content = load_pickle(file)
        if not isinstance(content, PickledArray):
            raise DataError("does not hold one array", file)
        values = content.read(file, "array")
        if values.ndim != 3 or values.shape[:2] != (N_CLIPS, N_CHANNELS):
            raise DataError(f"shape {values.shape}, but ({N_CLIPS}, {N_CHANNELS}, samples) is expected", file)
        rated = self._ratings.distributions(self._scores(file))
        for clip, D in zip(rated.rows.tolist(), rated.D, strict=True):
            if signals := make_signals({"eeg": values[clip, : len(EEG)]}, self.tracks, self.last):
                number = str(clip + 1)
                yield Recording(signals, D, file.stem, number, condition=TARGETS[clip], stimulus=number)

    def _remarks(self, file: Path) -> Path:
        return file.parents[1] / "Data" / file.stem / "After_remarks.mat"

    def _scores(self, file: Path) -> Float64[np.ndarray, "n k"]:
        """Return the scores of the emotions of each clip, in the order of the clips' numbers.

        Returns:
            (28, 8) scores.
        """
        path = self._remarks(file)
        remarks = list_cells(read_struct(path, "After_remark", _LARGEST))
        scores: dict[int, Any] = {}
        for row, remark in enumerate(remarks):
            number = int(np.asarray(get_field(remark, "vid", path, "After_remark")).ravel()[0])
            found = np.asarray(get_field(remark, "score", path, "After_remark"), np.float64).ravel()
            if number in scores or not 1 <= number <= N_CLIPS:
                raise DataError(f"clip {number} is rated twice, or is none of 1 to {N_CLIPS}", path, "vid", row)
            if len(found) != N_ITEMS or ((found < 0) | (found > HIGHEST)).any():
                raise DataError(f"{N_ITEMS} ratings from 0 to {HIGHEST:g} are expected", path, "score", row)
            scores[number] = found[: len(EMOTIONS)]
        if len(scores) < N_CLIPS:
            raise DataError(f"{len(scores)} of {N_CLIPS} clips are rated", path, "After_remark")
        return np.stack([scores[number] for number in range(1, N_CLIPS + 1)])
