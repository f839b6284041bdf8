"""CASE: eight physiological channels of 30 people who rated eight videos with a joystick while they watched.

Sharma et al., *A dataset of continuous affect annotations and physiological signals for emotion analysis*, Scientific
Data 2019. The files are on figshare (8869157), CC BY 4.0 as far as known; this source downloads nothing, and was
tested on files made in the documented layout.

The position of the joystick is valence (x) and arousal (y), each from 0.5 to 9.5. No emotions were rated, so that the
labels are the quadrants of the mean position over the seconds that are read:

    v = (valence − 0.5) / 9, a = (arousal − 0.5) / 9
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
from mpcl_plugins.sources.formats.csv_file import CsvFile

VIDEOS = {
    **dict.fromkeys((1, 2), "amusing"),
    **dict.fromkeys((3, 4), "boring"),
    **dict.fromkeys((5, 6), "relaxing"),
    **dict.fromkeys((7, 8), "scary"),
}
"""Number of a video -> what it was to evoke. 10 to 12 are the start, the blue screens between and the end."""
LOWEST, HIGHEST, SFREQ, RATED = 0.5, 9.5, 1000.0, 20.0
"""The scale; the rates of signals and of the joystick in Hz."""
_COLUMNS = {
    "ecg": ("ecg",),
    "ppg": ("bvp",),
    "gsr": ("gsr",),
    "respiration": ("rsp",),
    "temperature": ("skt",),
    "emg": ("emg_zygo", "emg_coru", "emg_trap"),
}
_UNITS = {"ecg": "mV", "gsr": "uS", "temperature": "degC", "emg": "uV"}


class CASE(StudySource):
    """Read one recording a video from ``data/interpolated``.

    ``subject`` is the person (``sub_1`` to ``sub_30``), ``trial`` and ``stimulus`` the number of the video from 1 to 8,
    ``condition`` what it was to evoke. The modalities are ``ecg`` (mV), ``ppg``, ``gsr`` (uS), ``respiration``,
    ``temperature`` (degC) and ``emg`` (three channels, uV), all at 1000 Hz.

    Traps of these files, and what is done about them:

    - The column ``video`` of the signals names the clip, and ``daqtime`` and ``jstime`` are times: never an input.
    - Signals are at 1000 Hz and ratings at 20 Hz; the label is a mean over the same seconds.
    - The joystick follows the feeling by some seconds, and its first seconds are a way from the centre: only the last
      60 s of each video are read. Videos differ in length, which would name them.
    - The rating is continuous, so that a mean hides how it changed; windows of a video share it.
    - All people saw the same eight videos: hold out subjects and stimuli (``subject_and_stimulus``).

    Args:
        path: the folder ``interpolated``, with ``physiological`` and ``annotations``.
        last: the seconds that are read of each video, up to its end.

    Raises:
        DataError: a file is missing or damaged, or has a position outside of 0.5 to 9.5.
    """

    name = "case"
    tracks: ClassVar[Mapping[str, Track]] = {
        name: Track(columns, SFREQ, _UNITS.get(name, "")) for name, columns in _COLUMNS.items()
    }
    emotions = QUADRANTS
    leaning: ClassVar[Valence | None] = VALENCE
    pattern = "physiological/sub_*.csv"

    @property
    def notes(self) -> tuple[str, ...]:
        return ("The labels are quadrants of the mean position of a joystick; emotions were not rated.",)

    @property
    def files(self) -> tuple[Path, ...]:
        return (*super().files, *map(_annotations, super().files))

    def people(self) -> list[Path]:
        return sorted(super().people(), key=lambda file: [int(number) for number in re.findall(r"\d+", file.stem)])

    def read_person(self, file: Path) -> Iterator[Recording]:
        table, rated = CsvFile(file), CsvFile(_annotations(file))
        signals_at = _find_videos(table, file)
        ratings_at = _find_videos(rated, rated.path)
        for video, (first, last) in signals_at.items():
            if video not in ratings_at:
                continue
            first = max(first, last - round(self.last * SFREQ))
            found = {
                name: table.rows([_index(table, column) for column in columns], first, last).T
                for name, columns in _COLUMNS.items()
            }
            signals = make_signals(found, self.tracks, self.last)
            begin, end = ratings_at[video]
            D = self._label(rated, max(begin, end - round(self.last * RATED)), end)
            if signals:
                yield Recording(signals, D, file.stem, str(video), condition=VIDEOS[video], stimulus=str(video))

    def _label(self, rated: CsvFile, first: int, last: int) -> Float64[np.ndarray, "k"]:
        places = rated.rows([_index(rated, "valence"), _index(rated, "arousal")], first, last)
        if not (is_inside := ((places >= LOWEST) & (places <= HIGHEST)).all(1)).all():
            line = rated.line_of(first + int(np.argmin(is_inside)))
            raise DataError(f"a position is not from {LOWEST:g} to {HIGHEST:g}", rated.path, "valence", line=line)
        valence, arousal = places.mean(0)
        (D,) = quadrants(np.array([valence]), np.array([arousal]), LOWEST, HIGHEST)
        found: Float64[np.ndarray, k] = D
        return found


def _annotations(file: Path) -> Path:
    return file.parents[1] / "annotations" / file.name


def _index(table: CsvFile, column: str) -> int:
    if column not in table.header:
        raise DataError("there is no such column", table.path, column)
    return table.header.index(column)


def _find_videos(table: CsvFile, path: Path) -> dict[int, tuple[int, int]]:
    """Return the rows of each video.

    Returns:
        Number of the video -> its first row and the row behind its last.
    """
    numbers = table.rows([_index(table, "video")], 0, None)[:, 0]
    edges = np.concatenate([[0], np.flatnonzero(np.diff(numbers)) + 1, [len(numbers)]])
    found: dict[int, tuple[int, int]] = {}
    for first, last in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        video = int(numbers[first]) if len(numbers) else 0
        if video in found:
            raise DataError(f"video {video} stands in two places", path, "video", first)
        if video in VIDEOS:
            found[video] = first, last
    return found
