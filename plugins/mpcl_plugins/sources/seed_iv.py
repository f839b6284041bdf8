"""SEED-IV: EEG of 15 people who watched 72 film clips in three sessions.

Zheng et al., *EmotionMeter: a multimodal framework for recognizing human emotions*, IEEE Transactions on Cybernetics
2019. The files are given out on request, after a signed agreement for academic use
(bcmi.sjtu.edu.cn/home/seed/seed-iv); this source downloads nothing, and was tested on files made in the documented
layout.

Each clip was to evoke one of four emotions, which is all that the files state:

    D_k = (1[k = target] + s) / (1 + 4 s)
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import ClassVar

from mpcl_core.plugin import DataError, Positive, Recording, Valence
from mpcl_plugins.sources._study_layouts.mat_struct import read_channels
from mpcl_plugins.sources._study_layouts.seed import EEG
from mpcl_plugins.sources._study_layouts.study_source import StudySource
from mpcl_plugins.sources._study_layouts.targets import target_distribution
from mpcl_plugins.sources._study_layouts.tracks import Track, make_signals
from mpcl_plugins.sources.formats.mat import array_shapes, read_arrays

EMOTIONS = ("neutral", "sad", "fear", "happy")
TARGETS = {
    "1": (1, 2, 3, 0, 2, 0, 0, 1, 0, 1, 2, 1, 1, 1, 2, 3, 2, 2, 3, 3, 0, 3, 0, 3),
    "2": (2, 1, 3, 0, 0, 2, 0, 2, 3, 3, 2, 3, 2, 0, 1, 1, 2, 1, 0, 3, 0, 1, 3, 1),
    "3": (1, 2, 2, 1, 3, 3, 3, 1, 1, 2, 1, 0, 2, 3, 3, 0, 2, 3, 0, 0, 2, 0, 1, 0),
}
"""Session -> the emotion of each of its 24 clips, as ``ReadMe.txt`` states them."""
_TRIAL = re.compile(r"[A-Za-z]+_eeg(\d+)")


class SeedIV(StudySource):
    """Read one recording a clip from ``eeg_raw_data``.

    ``subject`` is the number of the person, ``session`` that of the folder (``1`` to ``3``), ``trial`` the session and
    clip (``1-1`` to ``3-24``), ``stimulus`` likewise, ``condition`` the emotion that the clip was to evoke. The
    modality is ``eeg`` (62 electrodes at 200 Hz, to which the authors resampled it).

    Traps of these files, and what is done about them:

    - The label is that of the clip: it is the same for all people, and equals the condition. A score that knows the
      clip is an oracle; hold out subjects and stimuli (``subject_and_stimulus``), not clips of known people.
    - Clips differ in length, which names the clip: the last 60 s are read.
    - A session's 24 clips are others than those of the next: a session is not a repetition.
    - The prefix of the arrays (``cz_eeg1`` …) are a person's initials; only the number is used.

    Args:
        path: ``eeg_raw_data``, with the folders ``1``, ``2`` and ``3``.
        last: the seconds that are read of each clip, up to its end.
        smoothing: s, what is added to each emotion.

    Raises:
        DataError: there is no such file, or one is damaged.
    """

    name = "seed_iv"
    tracks: ClassVar[Mapping[str, Track]] = {"eeg": Track(EEG, 200.0, is_zero_missing=True)}
    emotions = EMOTIONS
    leaning: ClassVar[Valence | None] = Valence(("happy",), ("sad", "fear"))
    pattern = "[123]/*_*.mat"

    def __init__(self, *, path: Path, last: Positive = 60.0, smoothing: Positive = 0.1) -> None:
        super().__init__(path=path, last=last)
        self.smoothing = smoothing

    @property
    def notes(self) -> tuple[str, ...]:
        return ("A label is the emotion that a clip was to evoke, smoothed; nobody's rating is in it.",)

    def read_person(self, file: Path) -> Iterator[Recording]:
        subject, session = file.stem.partition("_")[0], file.parent.name
        if session not in TARGETS:
            raise DataError("its folder must be 1, 2 or 3, the session", file)
        named = {name: int(found[1]) for name in array_shapes(file) if (found := _TRIAL.fullmatch(name))}
        for name, clip in sorted(named.items(), key=lambda pair: pair[1]):
            if not 1 <= clip <= len(TARGETS[session]):
                raise DataError(f"a session has {len(TARGETS[session])} clips", file, name)
            target = TARGETS[session][clip - 1]
            values = read_channels(read_arrays(file, [name])[name], len(EEG), file, name)
            if signals := make_signals({"eeg": values}, self.tracks, self.last):
                D = target_distribution(target, len(EMOTIONS), self.smoothing)
                text = (subject, f"{session}-{clip}", session, EMOTIONS[target], f"{session}-{clip}")
                yield Recording(signals, D, *text)
