"""List splits that have a name: subject -> side.

``dmer_seeded_48_12_13`` is *not* a published split. Work on DMER reports a split of its 73 subjects into 48 to train,
12 to validate and 13 to test, but the subjects on each side could not be found: neither the data's release nor the
code beside it, nor that of EmotionDict (which splits the windows of each subject at random), lists them. This split
has the published sizes and was drawn once with a seeded generator (``default_rng(481213)``, over the identifiers in
ascending order), written down here so that it never changes. Numbers on it are not comparable with numbers on the
published one, whose subjects differ; users of this project can repeat them.
"""

from collections.abc import Mapping
from typing import Literal

SplitName = Literal["dmer_seeded_48_12_13"]

DMER_SUBJECTS = tuple(number for number in range(1, 81) if number not in (3, 4, 13, 16, 17, 27, 31))
"""The identifiers of the 73 subjects of DMER."""

DMER_VALIDATION = (5, 7, 9, 12, 20, 25, 33, 38, 39, 61, 63, 80)
DMER_TEST = (2, 24, 40, 42, 50, 52, 54, 55, 56, 57, 65, 68, 73)


def _dmer() -> dict[str, str]:
    held = dict.fromkeys(DMER_VALIDATION, "validation") | dict.fromkeys(DMER_TEST, "test")
    return {str(number): held.get(number, "train") for number in DMER_SUBJECTS}


NAMED_SPLITS: Mapping[SplitName, Mapping[str, str]] = {"dmer_seeded_48_12_13": _dmer()}
"""Name -> subject -> side."""
