"""SEED-V: EEG of 16 people who watched 45 film clips in three sessions.

Liu et al., *Comparing recognition performance and robustness of multimodal deep learning models for multimodal emotion
recognition*, IEEE Transactions on Cognitive and Developmental Systems 2022. The files are given out on request, after a
signed agreement for academic use (bcmi.sjtu.edu.cn/home/seed/seed-v); this source downloads nothing, and was tested on
files made in the documented layout, with the recordings as FIF, since no library writes Neuroscan's .cnt.

Each clip was to evoke one of five emotions:

    D_k = (1[k = target] + s) / (1 + 5 s)

The score from 0 to 5 with which people answered how well it did stands in a spreadsheet (``Scores.xlsx``) that is not
read.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import ClassVar

from mpcl_core.plugin import DataError, Positive, Recording, Valence
from mpcl_plugins.sources._study_layouts.seed import EEG
from mpcl_plugins.sources._study_layouts.study_source import StudySource
from mpcl_plugins.sources._study_layouts.targets import target_distribution
from mpcl_plugins.sources._study_layouts.tracks import Track, make_signals
from mpcl_plugins.sources.formats.open_file import open_file
from mpcl_plugins.sources.formats.signal_file import Channel, Stretch

EMOTIONS = ("disgust", "fear", "sad", "neutral", "happy")
_FIRST = ("happy", "fear", "neutral", "sad", "disgust") * 3
_LATER = (
    *("sad", "fear", "neutral", "disgust", "happy", "happy", "disgust", "neutral", "sad", "fear"),
    *("neutral", "happy", "fear", "sad", "disgust"),
)
TARGETS = {"1": _FIRST, "2": _LATER, "3": _LATER}
"""Session -> the emotion of each of its 15 clips, as ``emotion_label_and_stimuli_order.xlsx`` states them."""
TIMES = "trial_start_end_timestamp.txt"
_LARGEST = 2**16  # characters of that file
_NAME = re.compile(r"(\d+)_([123])_\d+")


class SeedV(StudySource):
    """Read one recording a clip from ``EEG_raw``, cut at the times in ``trial_start_end_timestamp.txt``.

    ``subject`` is the number of the person, ``session`` that in the file's name (``1_2_20180810.cnt``), ``trial`` and
    ``stimulus`` the session and clip (``1-1`` to ``3-15``), ``condition`` the emotion that the clip was to evoke. The
    modality is ``eeg`` (62 electrodes at 1000 Hz, in microvolts). Files are read with MNE (extra ``mne``).

    Traps of these files, and what is done about them:

    - The label is that of the clip: it is the same for all people, and equals the condition. Hold out subjects and
      stimuli (``subject_and_stimulus``), not clips of known people.
    - Clips differ in length, which names the clip: the last 60 s are read.
    - The files hold mastoids (``M1``, ``M2``) and eye channels (``VEO``, ``HEO``) beside the EEG: they are left out.
    - The features of the publication (``EEG_DE_features/*.npz``) are pickled objects, which run what they name: they
      are not read.

    Args:
        path: the folder that holds ``EEG_raw`` and ``trial_start_end_timestamp.txt``.
        last: the seconds that are read of each clip, up to its end.
        smoothing: s, what is added to each emotion.

    Raises:
        DataError: there is no such file, or one is damaged.
        PluginError: MNE is not installed.
    """

    name = "seed_v"
    tracks: ClassVar[Mapping[str, Track]] = {"eeg": Track(EEG, 1000.0, "uV", is_zero_missing=True)}
    emotions = EMOTIONS
    leaning: ClassVar[Valence | None] = Valence(("happy",), ("disgust", "fear", "sad"))
    pattern = "EEG_raw/*_[123]_*.*"

    def __init__(self, *, path: Path, last: Positive = 60.0, smoothing: Positive = 0.1) -> None:
        super().__init__(path=path, last=last)
        self.smoothing = smoothing

    @property
    def notes(self) -> tuple[str, ...]:
        return ("A label is the emotion that a clip was to evoke, smoothed; nobody's rating is in it.",)

    @property
    def files(self) -> tuple[Path, ...]:
        return (*super().files, self.path / TIMES)

    def read_person(self, file: Path) -> Iterator[Recording]:
        found = _NAME.match(file.name)
        if found is None:
            raise DataError("the name must state person, session and date, as in 1_2_20180810.cnt", file)
        subject, session = found.groups()
        recording = open_file(file)
        channels = _find_channels(recording.channels, file)
        for clip, (start, stop) in enumerate(self._times(session), 1):
            begin = max(start, stop - self.last)
            signal = recording.read(channels, self.tracks["eeg"].sfreq, Stretch(begin, stop))
            if signals := make_signals({"eeg": signal.values}, self.tracks, self.last):
                emotion = TARGETS[session][clip - 1]
                D = target_distribution(EMOTIONS.index(emotion), len(EMOTIONS), self.smoothing)
                yield Recording(signals, D, subject, f"{session}-{clip}", session, emotion, f"{session}-{clip}")

    def _times(self, session: str) -> list[tuple[float, float]]:
        table = self.path / TIMES
        if not table.is_file():
            raise DataError("no such file", table)
        with table.open(encoding="utf-8", errors="replace") as text:
            content = text.read(_LARGEST)
        lists = r"start_second\s*:\s*\[(.*?)\]\s*end_second\s*:\s*\[(.*?)\]"
        found = re.search(rf"Session\s*{session}\s*:\s*{lists}", content, re.DOTALL)
        texts = found.groups() if found else ("", "")
        starts, stops = ([float(number) for number in re.findall(r"[\d.]+", text)] for text in texts)
        if len(starts) != len(TARGETS[session]) or len(stops) != len(starts):
            raise DataError(f"session {session} must have {len(TARGETS[session])} starts and ends", table)
        return list(zip(starts, stops, strict=True))


def _find_channels(channels: tuple[Channel, ...], file: Path) -> list[Channel]:
    by_name = {channel.name.upper(): channel for channel in channels}
    if missing := [name for name in EEG if name not in by_name]:
        raise DataError(f"there is no channel {missing[0]}", file)
    found = [by_name[name] for name in EEG]
    if abs((found[0].sfreq or 0) - 1000) > 1e-3:
        raise DataError(f"{found[0].sfreq:g} Hz, but 1000 Hz are expected (header: sfreq)", file)
    return found
