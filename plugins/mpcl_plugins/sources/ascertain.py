"""ASCERTAIN: ECG and skin conductance of 58 people who watched 36 film clips.

Subramanian et al., *ASCERTAIN: emotion and personality recognition using commercial sensors*, IEEE Transactions on
Affective Computing 2018. The files are given out on request, after a signed agreement for academic use
(ascertain-dataset.github.io); this source downloads nothing, and was tested on files made in the documented layout.

After each clip, arousal was rated from 0 to 6 and valence from −3 to 3. No emotions were, so that the labels are the
quadrants of valence and arousal:

    v = (valence + 3) / 6, a = arousal / 6
    D = (v a, v (1 − a), (1 − v) a, (1 − v)(1 − a))      pleasant or unpleasant, with high or low arousal
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import ClassVar

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import DataError, Recording, Valence
from mpcl_plugins.sources._affect_quadrants import QUADRANTS, VALENCE, quadrants
from mpcl_plugins.sources._study_layouts.study_source import StudySource
from mpcl_plugins.sources._study_layouts.tracks import Track, make_signals
from mpcl_plugins.sources.formats.clock import fit_grid
from mpcl_plugins.sources.formats.mat import read_arrays, real_part

CLIPS = 36
_RATES = {"ecg": 256.0, "gsr": 128.0}
_GSR_COLUMN = 4
_LATER = 9  # from this person on, the two leads stand in other columns
_MILLISECONDS = 1e-3


class ASCERTAIN(StudySource):
    """Read one recording a clip from ``ECGData`` and ``GSRData``.

    ``subject`` is the person (``P01`` to ``P58``), ``trial`` and ``stimulus`` the number of the clip. The modalities
    are ``ecg`` (two leads at 256 Hz) and ``gsr`` (128 Hz); the study states no units. The EEG of its single-electrode
    headset is not read: no description of its eight columns was found.

    Traps of these files, and what is done about them:

    - The two leads stand in columns 1 and 2 for people 1 to 8, and in 4 and 5 for the others, whose other columns hold
      raw counts.
    - The first column is a time in milliseconds: it is no signal. Samples lie where it says, and gaps are missing. A
      file whose rate is more than 0.5 % from that above is refused with both rates.
    - Clips last from 51 to 127 s, so that the length names the clip. The last 50 s are read.
    - Valence is on a bipolar scale, unlike arousal and the scales of other studies.
    - All people saw the same clips: hold out subjects and stimuli (``subject_and_stimulus``).

    Args:
        path: the folder that holds ``ECGData``, ``GSRData`` and, in it or below it, ``Dt_SelfReports.mat``.
        last: the seconds that are read of each clip, up to its end.

    Raises:
        DataError: a file is missing or damaged, or has a rating outside of its scale.
    """

    name = "ascertain"
    tracks: ClassVar[Mapping[str, Track]] = {
        "ecg": Track(("ECG_R", "ECG_L"), _RATES["ecg"]),
        "gsr": Track(("GSR",), _RATES["gsr"]),
    }
    emotions = QUADRANTS
    leaning: ClassVar[Valence | None] = VALENCE
    pattern = "**/GSRData/Movie_P*"

    def __init__(self, *, path: Path, last: float = 50.0) -> None:
        super().__init__(path=path, last=last)

    @property
    def notes(self) -> tuple[str, ...]:
        return ("The labels are quadrants of rated valence and arousal; emotions were not rated.",)

    @property
    def files(self) -> tuple[Path, ...]:
        return tuple(sorted(self.path.rglob("*.mat")))

    def read_person(self, file: Path) -> Iterator[Recording]:
        found = re.search(r"P(\d+)", file.name)
        if found is None:
            raise DataError("the name states no person, as in Movie_P01", file)
        number = int(found[1])
        arousal, valence = self._ratings(number)
        for clip in range(CLIPS):
            values = {
                "ecg": self._samples(file.parents[1] / "ECGData" / file.name / f"ECG_Clip{clip + 1}.mat", number),
                "gsr": self._samples(file / f"GSR_Clip{clip + 1}.mat", number),
            }
            signals = make_signals(values, self.tracks, self.last)
            (D,) = quadrants((valence[clip : clip + 1] + 3), arousal[clip : clip + 1], 0.0, 6.0)
            if signals and np.isfinite(D).all():
                yield Recording(signals, D, found[0], str(clip + 1), stimulus=str(clip + 1))

    def _ratings(self, person: int) -> Float64[np.ndarray, "2 n"]:
        tables = sorted(self.path.rglob("Dt_SelfReports.mat"))
        if not tables:
            raise DataError("holds no file Dt_SelfReports.mat", self.path)
        ratings = real_part(read_arrays(tables[0], ["Ratings"])["Ratings"])
        if ratings.ndim != 3 or ratings.shape[0] != 5 or ratings.shape[2] != CLIPS or ratings.shape[1] < person:
            raise DataError(f"shape {ratings.shape}, but (5, people, {CLIPS}) is expected", tables[0], "Ratings")
        found: Float64[np.ndarray, "2 n"] = ratings[:2, person - 1]
        for row, (low, high) in enumerate(((0, 6), (-3, 3))):
            if len(wrong := np.flatnonzero((found[row] < low) | (found[row] > high))):
                bad = found[row, wrong[0]]
                raise DataError(f"a rating of {bad:g} is not from {low} to {high}", tables[0], "Ratings", int(wrong[0]))
        return found

    def _samples(self, file: Path, person: int) -> Float64[np.ndarray, "c T"] | None:
        """Return the signals of a clip on a grid of the declared rate.

        Returns:
            (c, T) values, NaN where there is a gap; None where the file is missing.
        """
        if not file.is_file():
            return None
        kind = "ecg" if file.name.startswith("ECG") else "gsr"
        name = f"Data_{kind.upper()}"
        table = real_part(read_arrays(file, [name])[name])
        columns = [_GSR_COLUMN] if kind == "gsr" else [4, 5] if person >= _LATER else [1, 2]
        if table.ndim != 2 or table.shape[1] <= max(columns):
            raise DataError(f"shape {table.shape}, but {max(columns) + 1} columns are expected", file, name)
        times = table[:, 0] * _MILLISECONDS
        values: Float64[np.ndarray, "c T"] = (
            fit_grid(times, _RATES[kind], file, name).filled(table[:, columns], slice(0, None)).T
        )
        return values
