"""Read the rated conditions of all people from the questionnaires of WESAD (``S2_quest.csv``)."""

from collections.abc import Sequence
from math import isnan
from pathlib import Path

from mpcl_core.plugin import RatedStretch
from mpcl_plugins.sources._wesad import e4
from mpcl_plugins.sources._wesad.questionnaire import ABOUT, Rating, read

SUFFIX = "_quest"


def read_stretches(files: Sequence[Path], offsets: Path | None) -> list[RatedStretch]:
    """Return the conditions of all people on the clock of their recordings.

    Args:
        files: the questionnaires, one a person.
        offsets: a table with the columns ``subject`` and ``e4_offset_s``; None for recordings on the same clock.

    Returns:
        The conditions in the order of people and time.

    Raises:
        DataError: a questionnaire is invalid, or the table lacks a column or a person.
    """
    of = {path.stem.removesuffix(SUFFIX): path for path in files}
    people = sorted(of, key=lambda name: (len(name), name))
    shifts = dict.fromkeys(people, 0.0) if offsets is None else e4.offsets(offsets, people)
    return [_stretch(name, rating, shifts[name]) for name in people for rating in read(of[name], name)]


def _stretch(subject: str, rating: Rating, shift: float) -> RatedStretch:
    scores = {item: score for item, score in rating.scores.items() if not isnan(score)}
    condition, _ = ABOUT[rating.name]
    return RatedStretch(subject, rating.name, rating.start + shift, rating.stop + shift, scores, condition)
