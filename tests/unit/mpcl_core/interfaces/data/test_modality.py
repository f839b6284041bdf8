"""Describe the valence of emotions."""

import pytest

from mpcl_core.interfaces.data import Valence
from mpcl_core.interfaces.errors import DataError

LABELS = ("joy", "calm", "fear")


def test_valence_is_found_among_the_emotions() -> None:
    assert Valence(("calm", "joy"), ("fear",)).indices(LABELS) == ((1, 0), (2,))


@pytest.mark.parametrize(
    ("valence", "message"),
    [
        (Valence(("joy",), ("anger",)), "names 'anger', which is none of the emotions: joy, calm, fear"),
        (Valence(("joy",), ("joy",)), "names 'joy' twice"),
        (Valence(("joy", "joy"), ()), "names 'joy' twice"),
    ],
)
def test_valence_of_other_emotions_is_refused(valence: Valence, message: str) -> None:
    with pytest.raises(DataError, match=message):
        valence.indices(LABELS)
