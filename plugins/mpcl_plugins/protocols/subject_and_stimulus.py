"""Subjects and stimuli held out at once: how well a model predicts a new person who sees something new.

Where everybody sees the same clips, a model that has learned what people feel on average about a clip is right about
a new person too, without any signal. Here the clips of the test windows are unknown as well.
"""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Int64, Shaped

from mpcl_core.plugin import (
    DataError,
    Fold,
    Natural,
    Protocol,
    WindowSet,
    draw_validation,
    natural_order,
    require_column,
    window_keys,
)
from mpcl_plugins.protocols._parameters import Folds, check_folds


class SubjectAndStimulus(Protocol):
    """Shuffle subjects and stimuli into parts, and hold out each pair of parts once.

    Windows that share either the subject or the stimulus with the test windows, but not both, are on neither side. A
    pair of parts without windows, because none of its people saw any of its stimuli, makes no fold. Validation holds
    out subjects; their stimuli are also among the training windows.

    Args:
        subject_folds: parts of the subjects (equal ± 1 subject).
        stimulus_folds: parts of the stimuli (equal ± 1 stimulus). There are up to subject_folds × stimulus_folds
            folds, each with about (1 - 1/subject_folds)(1 - 1/stimulus_folds) of the windows to learn from.
        seed: draws the parts and the validation subjects.

    Raises:
        ValueError: fewer than 2 parts.
    """

    name = "subject_and_stimulus"

    def __init__(self, *, subject_folds: Folds = 5, stimulus_folds: Folds = 4, seed: Natural = 0) -> None:
        self.subject_folds, self.stimulus_folds = check_folds(subject_folds), check_folds(stimulus_folds)
        self.seed = seed

    def split(self, windows: WindowSet) -> Iterator[Fold]:
        """Yield the folds, named ``subjects-1_stimuli-1``, ``subjects-1_stimuli-2`` and so on.

        Args:
            windows: the windows of the study.

        Yields:
            The folds.

        Raises:
            DataError: a window names no subject or no stimulus, there are fewer of them than parts, or a fold has no
                windows to learn from.
        """
        for column in ("subject", "stimulus"):
            require_column(windows, column, self.name)
        keys = window_keys(windows)
        rng = np.random.default_rng(self.seed)
        subject = _parts(windows.subject, self.subject_folds, "subjects", rng)
        stimulus = _parts(windows.stimulus, self.stimulus_folds, "stimuli", rng)
        for person in range(self.subject_folds):
            for clip in range(self.stimulus_folds):
                test = np.flatnonzero((subject == person) & (stimulus == clip))
                fitting = np.flatnonzero((subject != person) & (stimulus != clip))
                label = f"subjects-{person + 1}_stimuli-{clip + 1}"
                if len(test) and not len(fitting):
                    raise DataError(f"fold '{label}' has no training windows: no other subject saw another stimulus")
                if len(test):
                    yield draw_validation(keys, fitting, test, label, rng)


def _parts(column: Shaped[np.ndarray, "N"], folds: int, what: str, rng: np.random.Generator) -> Int64[np.ndarray, "N"]:
    """Return the part, from 0, into which each window's subject or stimulus was drawn.

    Returns:
        (N,) numbers of parts.
    """
    names = sorted(set(column.tolist()), key=natural_order)
    if len(names) < folds:
        raise DataError(
            f"{len(names)} {what} cannot make {folds} folds", field="subject" if what == "subjects" else "stimulus"
        )
    drawn = np.array_split(rng.permutation(len(names)), folds)
    part = {names[index]: number for number, indices in enumerate(drawn) for index in indices.tolist()}
    return np.array([part[name] for name in column.tolist()], dtype=np.int64)
