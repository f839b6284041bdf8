"""DREAMER: EEG and ECG of 23 people who watched 18 film clips.

Katsigiannis & Ramzan, *DREAMER: a database for emotion recognition through EEG and ECG signals from wireless low-cost
off-the-shelf devices*, IEEE Journal of Biomedical and Health Informatics 2018. The file ``DREAMER.mat`` is on Zenodo
(546113), given out on request for academic use; this source downloads nothing, and was tested on files made in the
documented layout.

After each clip, valence, arousal and dominance were rated from 1 to 5. No emotions were, so that the labels are the
quadrants of valence and arousal:

    v = (valence − 1) / 4, a = (arousal − 1) / 4
    D = (v a, v (1 − a), (1 − v) a, (1 − v)(1 − a))      pleasant or unpleasant, with high or low arousal
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from mpcl_core.plugin import Recording, Valence
from mpcl_plugins.sources._affect_quadrants import QUADRANTS, VALENCE, quadrants
from mpcl_plugins.sources._study_layouts.mat_struct import (
    get_field,
    list_cells,
    read_channels,
    read_scores,
    read_struct,
)
from mpcl_plugins.sources._study_layouts.study_source import StudySource
from mpcl_plugins.sources._study_layouts.tracks import Track, make_signals

EEG = ("AF3", "F7", "F3", "FC5", "T7", "P7", "O1", "O2", "P8", "T8", "FC6", "F4", "F8", "AF4")
"""In the order of ``EEG_Electrodes``."""
LOWEST, HIGHEST = 1.0, 5.0
_LARGEST = 2**32  # bytes: the one variable of the file holds all people


class DREAMER(StudySource):
    """Read one recording a clip from ``DREAMER.mat``, without the baselines.

    ``subject`` is the number of the person (``1`` to ``23``), ``trial`` and ``stimulus`` that of the clip; there are no
    sessions and conditions. The modalities are ``eeg`` (14 electrodes at 128 Hz, with the offset of the headset) and
    ``ecg`` (two leads at 256 Hz); the study states no units. The whole file is in memory while it is read (about
    2 GB).

    Traps of this file, and what is done about them:

    - Clips last from 65 to 393 s, so that the length names the clip. The last 60 s are read, as in the paper.
    - EEG and ECG have two rates; each signal keeps its own.
    - A sample with 0 at all electrodes is a lost packet: it is missing.
    - All people saw the same clips, in the order of their numbers: hold out subjects and stimuli
      (``subject_and_stimulus``) to claim more than recognised clips.
    - A distribution here is made from two ratings; a rating in the middle of a scale counts as half of each side.

    Args:
        path: ``DREAMER.mat``.
        last: the seconds that are read of each clip, up to its end.

    Raises:
        DataError: the file is missing or damaged, or has a rating outside of 1 to 5.
    """

    name = "dreamer"
    tracks: ClassVar[Mapping[str, Track]] = {
        "eeg": Track(EEG, 128.0, is_zero_missing=True),
        "ecg": Track(("lead_1", "lead_2"), 256.0, is_zero_missing=True),
    }
    emotions = QUADRANTS
    leaning: ClassVar[Valence | None] = VALENCE
    pattern = "DREAMER.mat"

    @property
    def notes(self) -> tuple[str, ...]:
        return ("The labels are quadrants of rated valence and arousal; emotions were not rated.",)

    def read_person(self, file: Path) -> Iterator[Recording]:
        content = read_struct(file, "DREAMER", _LARGEST)
        for number, person in enumerate(list_cells(get_field(content, "Data", file, "DREAMER")), 1):
            yield from self._recordings(person, str(number), file)

    def _recordings(self, person: Any, subject: str, file: Path) -> Iterator[Recording]:
        place = f"Data{{{subject}}}"
        clips = {
            name: list_cells(get_field(get_field(person, name.upper(), file, place), "stimuli", file, place))
            for name in self.tracks
        }
        count = len(clips["eeg"])
        fields = [(field, get_field(person, field, file, place)) for field in ("ScoreValence", "ScoreArousal")]
        valence, arousal = (
            np.array(read_scores(value, count, LOWEST, HIGHEST, (file, f"{place}.{field}"))) for field, value in fields
        )
        for clip, D in enumerate(quadrants(valence, arousal, LOWEST, HIGHEST)):
            found = {
                name: read_channels(cells[clip], len(self.tracks[name].channels), file, f"{place}.{name.upper()}")
                for name, cells in clips.items()
                if clip < len(cells)
            }
            signals = make_signals(found, self.tracks, self.last)
            if signals and np.isfinite(D).all():
                yield Recording(signals, D, subject, str(clip + 1), stimulus=str(clip + 1))
