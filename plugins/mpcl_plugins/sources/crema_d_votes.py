"""CREMA-D votes: which emotion about ten raters saw in 7,442 acted clips, from the voice, the face, and both.

Cao et al., *CREMA-D: Crowd-sourced Emotional Multimodal Actors Dataset*, IEEE Transactions on Affective Computing 2014.
The table is ``processedResults/tabulatedVotes.csv`` of github.com/CheyneyComputerScience/CREMA-D, under the Open
Database License 1.0; this source downloads nothing.

    D_k = (v_k + s) / Σ_j (v_j + s)       v_k = votes for emotion k of those who saw and heard the clip

These are true distributions over emotions, of many raters, and the inputs tell a lot about them: for fusions, heads and
missing modalities. They are no body signals.
"""

from pathlib import Path

import numpy as np

from mpcl_core.plugin import DataError, Modality, Positive, Source, Valence, WindowSet
from mpcl_plugins.sources._crema_d.table import BOTH, EMOTIONS, INPUTS, Clip, read_clips

NEGATIVE = ("anger", "disgust", "fear", "sadness")


class CremaDVotes(Source):
    """Read one window a clip, with the shares of the votes by voice and by face.

    The modalities ``voice`` and ``face`` hold the shares of votes for each emotion of those raters who only heard or
    only saw the clip, (6, 1). ``subject`` is the actor (1001 to 1091), ``trial`` the rest of the clip's name,
    ``stimulus`` the sentence, ``condition`` the emotion that the actor was asked for. That emotion is part of the
    clip's name and never an input: a baseline that knows it (``condition_mean``) is an oracle.

    The three kinds of votes are from different raters, so that nobody's vote is on both sides. A clip without votes on
    both voice and face is left out; one without votes by voice or by face lacks that modality. Ridge fits this table
    best in the space of log-ratios.

    Args:
        path: ``tabulatedVotes.csv`` as published, where the first digit of a row's name is the kind of votes (1 by
            voice, 2 by face, 3 by both), or a table with the columns ``query`` (the same digit), ``file``,
            ``responses``. Both have ``A``, ``D``, ``F``, ``H``, ``N``, ``S``, the votes.
        smoothing: s, the votes that are added to each emotion.

    Raises:
        DataError: the file is missing or damaged, the name of a clip or a count is not valid, the counts do not add up,
            a clip has the same kind of votes twice, or no clip has votes on both.
    """

    name = "crema_d_votes"

    def __init__(self, *, path: Path, smoothing: Positive = 0.1) -> None:
        self.path, self.smoothing = path, smoothing

    @property
    def modalities(self) -> tuple[Modality, ...]:
        return tuple(Modality(name, len(EMOTIONS), 1, ch_names=tuple(EMOTIONS)) for name in INPUTS)

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(EMOTIONS)

    @property
    def valence(self) -> Valence:
        return Valence(("happiness",), NEGATIVE)

    @property
    def notes(self) -> tuple[str, ...]:
        clips = read_clips(self.path)
        used = [clip for clip in clips if BOTH in clip.votes]
        others = "" if len(used) == len(clips) else ": the others have no votes on both voice and face"
        lines = [f"{len(used)} of {len(clips)} clips are used{others}."]
        lines += [
            f"{missing} clips have no votes by {name}."
            for name, query in INPUTS.items()
            if (missing := sum(query not in clip.votes for clip in used))
        ]
        return tuple(lines)

    def load(self) -> WindowSet:
        clips = [clip for clip in read_clips(self.path) if BOTH in clip.votes]
        if not clips:
            raise DataError("no clip has votes on both voice and face", self.path)
        votes = np.array([clip.votes[BOTH] for clip in clips]) + self.smoothing
        return WindowSet(
            self.modalities,
            {name: _shares(clips, query) for name, query in INPUTS.items()},
            {name: np.array([query in clip.votes for clip in clips], bool) for name, query in INPUTS.items()},
            votes / votes.sum(1, keepdims=True),
            self.labels,
            subject=np.array([clip.actor for clip in clips]),
            trial=np.array([clip.trial for clip in clips]),
            condition=np.array([clip.intended for clip in clips]),
            stimulus=np.array([clip.sentence for clip in clips]),
            valence=self.valence,
        ).validate(self.path)


def _shares(clips: list[Clip], query: str) -> np.ndarray:
    """Return the shares of the votes of one kind.

    Returns:
        (N, 6, 1), 0 where the clip has none.
    """
    votes = np.array([clip.votes.get(query, (0.0,) * len(EMOTIONS)) for clip in clips])
    shares: np.ndarray = (votes / votes.sum(1, keepdims=True).clip(1)).astype(np.float32)
    return shares[:, :, None]
