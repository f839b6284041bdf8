"""Columns are found by what a recipe states and by usual names; what cannot be meant is refused."""

from pathlib import Path
from typing import Any

import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources._table.columns import USUAL, Columns, find_columns, find_usual

KNOWN = ("Person", "trial", "hr_mean", "hr_sd", "rmssd", "gsr [uS]", "start", "happy", "sad")
LABELS = ("happy", "sad")


def find(modalities: dict[str, Any], labels: tuple[str, ...] = LABELS, **stated: str) -> Columns:
    return find_columns(KNOWN, dict.fromkeys(USUAL, "") | stated, modalities, labels, Path("t.csv"))


def test_patterns_and_names_are_columns_in_their_order() -> None:
    found = find({"heart": ("rmssd", "hr_*", "hr_sd"), "skin": ("gsr [uS]",)})
    assert found.features == {"heart": ("rmssd", "hr_mean", "hr_sd"), "skin": ("gsr [uS]",)}
    assert found.names == {"subject": "Person", "trial": "trial", "start": "start"}


def test_what_is_stated_as_a_feature_has_no_other_meaning() -> None:
    assert "start" not in find({"heart": ("start",)}).names


def test_usual_names_are_found_in_the_order_of_preference() -> None:
    assert find_usual("subject", ("user", "Participant ID", "id")) == "Participant ID"
    assert find_usual("subject", ("id", "name")) == ""


@pytest.mark.parametrize(
    ("modalities", "stated", "message"),
    [
        ({"heart": ("hr_men",)}, {}, r"t\.csv, hr_men: there is no such column\. Did you mean 'hr_mean'\?"),
        ({"heart": ("eeg_*",)}, {}, r"t\.csv, eeg_\*: no column has such a name\. The table has: Person"),
        ({"heart": ("hr_*",), "other": ("hr_sd",)}, {}, r"hr_sd: is a feature of 'heart' and a feature of 'other'"),
        ({"heart": ("s*",)}, {}, r"sad: is a feature of 'heart' and a rating"),
        ({"heart": ("hr_sd",)}, {"trial": "hr_sd"}, r"hr_sd: is a feature of 'heart' and a column 'trial'"),
        ({"heart": ("hr_sd",)}, {"trial": "walk"}, r"t\.csv, walk: there is no such column"),
        ({"heart": ("Person",)}, {}, r"no column has a usual name of people"),
    ],
)
def test_columns_that_cannot_be_meant_are_refused(
    modalities: dict[str, Any], stated: dict[str, str], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        find(modalities, **stated)


def test_ratings_that_are_missing_are_named_together() -> None:
    with pytest.raises(DataError, match=r"has no ratings of hapy, calm: .*Did you mean 'happy'\?"):
        find({"heart": ("hr_*",)}, ("hapy", "sad", "calm"))
    with pytest.raises(DataError, match=r"sad: is a rating and a rating"):
        find({"heart": ("hr_*",)}, ("sad", "sad"))
