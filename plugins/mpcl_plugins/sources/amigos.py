"""AMIGOS: EEG, ECG and skin conductance of 40 people who watched short and long videos.

Miranda-Correa et al., *AMIGOS: a dataset for affect, personality and mood research on individuals and groups*, IEEE
Transactions on Affective Computing 2021. The files are given out on request, after a signed agreement for academic use
(eecs.qmul.ac.uk/mmv/datasets/amigos); this source downloads nothing, and was tested on files made in the documented
layout.

After each video, people chose which of seven basic emotions they had felt:

    D_k = (m_k + s) / Σ_j (m_j + s)       m_k = 1 where emotion k was chosen, else 0

A choice is no intensity, hence the smoothing s. Arousal, valence, dominance, liking and familiarity, which stand in the
same row, are ratings too and never an input.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np

from mpcl_core.plugin import DataError, Positive, Recording, Valence
from mpcl_plugins.sources._study_layouts.mat_struct import list_cells, read_channels, read_struct
from mpcl_plugins.sources._study_layouts.study_source import StudySource
from mpcl_plugins.sources._study_layouts.tracks import Track, make_signals

EEG = ("AF3", "F7", "F3", "FC5", "T7", "P7", "O1", "O2", "P8", "T8", "FC6", "F4", "F8", "AF4")
CHANNELS = (*EEG, "ECG_Right", "ECG_Left", "GSR")
"""The columns of ``joined_data``."""
EMOTIONS = ("neutral", "disgust", "happiness", "surprise", "anger", "fear", "sadness")
_FIRST_EMOTION = 5  # behind arousal, valence, dominance, liking and familiarity
_SHORT = 16
_LARGEST = 2**32


class AMIGOS(StudySource):
    """Read one recording a video from the preprocessed MATLAB files.

    ``subject`` is the person (``P01``), ``trial`` and ``stimulus`` the number of the video, from 1 to 16 for the short
    ones and 17 to 20 for the long ones; ``condition`` is ``short`` or ``long``. The modalities are ``eeg`` (14
    electrodes), ``ecg`` (two leads) and ``gsr``, all at 128 Hz, to which the authors resampled them; the study states
    no units.

    Traps of these files, and what is done about them:

    - People 8, 24 and 28 did not see the long videos, and some trials have no ratings: their cells are empty or NaN. A
      video without choices, or without signals, is left out.
    - NaN and samples that are 0 in all channels of a track are missing.
    - 17 people saw the long videos alone, the others in groups of four, whose trials are not independent: they are left
      out unless ``videos`` is ``all``.
    - Videos differ in length, which names the video: the last 50 s are read.
    - Everybody saw the same videos: hold out subjects and stimuli (``subject_and_stimulus``) to claim more than
      recognised videos.

    Args:
        path: the folder with ``Data_Preprocessed_P01.mat`` …, also in folders of their own, or one of these files.
        last: the seconds that are read of each video, up to its end.
        smoothing: s, what is added to each emotion.
        videos: ``short`` or ``all``.

    Raises:
        DataError: there is no such file, or one is damaged or has a choice other than 0 and 1.
    """

    name = "amigos"
    tracks: ClassVar[Mapping[str, Track]] = {
        "eeg": Track(EEG, 128.0, is_zero_missing=True),
        "ecg": Track(("ECG_Right", "ECG_Left"), 128.0, is_zero_missing=True),
        "gsr": Track(("GSR",), 128.0, is_zero_missing=True),
    }
    emotions = EMOTIONS
    leaning: ClassVar[Valence | None] = Valence(("happiness",), ("disgust", "anger", "fear", "sadness"))
    pattern = "**/Data_Preprocessed_P*.mat"

    def __init__(
        self, *, path: Path, last: Positive = 50.0, smoothing: Positive = 0.1, videos: Literal["short", "all"] = "short"
    ) -> None:
        super().__init__(path=path, last=last)
        self.smoothing, self.videos = smoothing, videos

    @property
    def notes(self) -> tuple[str, ...]:
        return ("A label is the union of the emotions that were chosen after a video, smoothed; it is no intensity.",)

    def read_person(self, file: Path) -> Iterator[Recording]:
        found = re.search(r"P\d+", file.stem.removeprefix("Data_Preprocessed_"))
        if found is None:
            raise DataError("the name states no person, as in Data_Preprocessed_P01.mat", file)
        videos = list_cells(read_struct(file, "joined_data", _LARGEST))
        choices = list_cells(read_struct(file, "labels_selfassessment", _LARGEST))
        if len(videos) != len(choices):
            raise DataError(f"{len(choices)} self-assessments for {len(videos)} videos", file, "labels_selfassessment")
        for number, (video, row) in enumerate(zip(videos, choices, strict=True), 1):
            scores = np.asarray(row, np.float64).ravel()[_FIRST_EMOTION : _FIRST_EMOTION + len(EMOTIONS)]
            if len(scores) < len(EMOTIONS) or np.isnan(scores).any() or (self.videos == "short" and number > _SHORT):
                continue
            if not np.isin(scores, (0, 1)).all():
                raise DataError("a choice is neither 0 nor 1", file, "labels_selfassessment", number - 1)
            values = read_channels(video, len(CHANNELS), file, "joined_data")
            parts = {"eeg": slice(0, 14), "ecg": slice(14, 16), "gsr": slice(16, 17)}
            found_signals = {name: None if values is None else values[part] for name, part in parts.items()}
            if signals := make_signals(found_signals, self.tracks, self.last):
                D = (scores + self.smoothing) / (scores + self.smoothing).sum()
                condition = "short" if number <= _SHORT else "long"
                yield Recording(signals, D, found[0], str(number), condition=condition, stimulus=str(number))
