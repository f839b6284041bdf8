"""DEAP: EEG and peripheral signals of 32 people who watched 40 music videos of a minute each.

Koelstra et al., *DEAP: a database for emotion analysis using physiological signals*, IEEE Transactions on Affective
Computing 2012. The files are given out on request, after a signed agreement for academic use that is not commercial
(eecs.qmul.ac.uk/mmv/datasets/deap); this source downloads nothing, and was tested on files made in the documented
layout.

After each video, valence, arousal, dominance and liking were rated on continuous scales from 1 to 9. No emotions were,
so that the labels are the quadrants of valence and arousal:

    v = (valence − 1) / 8, a = (arousal − 1) / 8
    D = (v a, v (1 − a), (1 − v) a, (1 − v)(1 − a))      pleasant or unpleasant, with high or low arousal
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from mpcl_core.plugin import DataError, Modality, Recording, Signal, Source, Valence
from mpcl_plugins.sources._affect_quadrants import QUADRANTS, VALENCE, quadrants
from mpcl_plugins.sources.formats.mat import Spec, check_file, read_arrays, real_part

SFREQ, BASELINE, N_VIDEOS = 128.0, 384, 40
"""Hz, samples before a video, and videos."""
LOWEST, HIGHEST = 1.0, 9.0
SHAPES: Spec = {"data": (N_VIDEOS, 40, 8064), "labels": (N_VIDEOS, 4)}
EEG = (
    *("Fp1", "AF3", "F3", "F7", "FC5", "FC1", "C3", "T7", "CP5", "CP1", "P3", "P7", "PO3", "O1", "Oz", "Pz"),
    *("Fp2", "AF4", "Fz", "F4", "F8", "FC6", "FC2", "Cz", "C4", "T8", "CP6", "CP2", "P4", "P8", "PO4", "O2"),
)
CHANNELS: dict[str, tuple[str, ...]] = {
    "eeg": EEG,
    "eog": ("hEOG", "vEOG"),
    "emg": ("zEMG", "tEMG"),
    "gsr": ("GSR",),
    "respiration": ("respiration",),
    "ppg": ("plethysmograph",),
    "temperature": ("temperature",),
}
"""Modality -> its channels, in the order of the files: that of Geneva, as the readme of the data set lists it."""
UNITS = {"eeg": "uV", "eog": "uV", "emg": "uV", "temperature": "degC"}


class DEAP(Source):
    """Read one recording a video from the preprocessed MATLAB files, without the 3 s before it.

    ``subject`` is the name of the file (``s01``), ``trial`` and ``stimulus`` the number of the video from 1 to 40;
    there are no conditions. The signals are ``eeg`` (32 channels, uV), ``eog``, ``emg`` (two each, uV), ``gsr``,
    ``respiration``, ``ppg`` and ``temperature`` (degC), all at 128 Hz, to which the authors resampled them, with the
    EEG between 4 and 45 Hz, on the common average and without eye movements. One person is in memory at a time (about
    100 MB).

    Traps of these files, and what is done about them:

    - The videos are in the order of their numbers, not in that in which they were seen. Protocols that take the first
      trials (``loso_calibrated``) take the first numbers.
    - All people saw the same videos, whose mean ratings differ: hold out subjects and stimuli
      (``subject_and_stimulus``) to claim more than recognised videos.
    - People 1 to 22 and 23 to 32 were recorded with other devices. The authors converted the skin measure of the first
      to that of the second; their readme calls the result Ohm, a resistance, which falls where conductance rises, and
      other descriptions disagree: no unit is declared. Z-score it by subject.
    - A distribution here is made from two ratings; a rating in the middle of a scale counts as half of each side.

    Args:
        path: the folder with ``s01.mat`` to ``s32.mat``, or one of these files.

    Raises:
        DataError: there is no such file, or one is damaged or has a rating outside of 1 to 9.
    """

    name = "deap"

    def __init__(self, *, path: Path) -> None:
        self.path = path

    @property
    def modalities(self) -> tuple[Modality, ...]:
        self._files()
        return tuple(
            Modality(name, len(channels), None, SFREQ, channels, UNITS.get(name, ""))
            for name, channels in CHANNELS.items()
        )

    @property
    def labels(self) -> tuple[str, ...]:
        return QUADRANTS

    @property
    def valence(self) -> Valence:
        return VALENCE

    @property
    def notes(self) -> tuple[str, ...]:
        return ("The labels are quadrants of rated valence and arousal; emotions were not rated.",)

    def load(self) -> Iterator[Recording]:
        return (recording for file in self._files() for recording in _read(file))

    def _files(self) -> list[Path]:
        """Return the files of all people, after a check of what they hold.

        Returns:
            The files in order.
        """
        files = sorted(self.path.glob("s[0-9][0-9].mat")) if self.path.is_dir() else [self.path]
        if not files:
            raise DataError("holds no file s01.mat to s32.mat", self.path)
        for file in files:
            check_file(file, SHAPES)
        return files


def _read(file: Path) -> Iterator[Recording]:
    """Yield the recordings of one person.

    Yields:
        One recording a video.
    """
    found = read_arrays(file, SHAPES)
    data, ratings = found["data"], real_part(found["labels"])[:, :2]
    is_wrong = ~((ratings >= LOWEST) & (ratings <= HIGHEST))
    if is_wrong.any():
        row, column = np.argwhere(is_wrong)[0].tolist()
        raise DataError(f"a rating of {ratings[row, column]:g} is not from 1 to 9", file, "labels", row)
    distributions = quadrants(ratings[:, 0], ratings[:, 1], LOWEST, HIGHEST)
    for video, D in enumerate(distributions):
        signals, first = {}, 0
        for name, channels in CHANNELS.items():
            values = data[video, first : first + len(channels), BASELINE:]
            signals[name] = Signal(np.ascontiguousarray(values, np.float32), SFREQ)
            first += len(channels)
        yield Recording(signals, D, file.stem, str(video + 1), stimulus=str(video + 1))
