"""Test that questionnaires with times become events and scores."""

from pathlib import Path

import pytest

from mpcl_core.interfaces.data import RatedStretch
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.scaffold.questionnaire import Scale
from mpcl_core.scaffold.rated_stretches import make_events, make_scores

STRETCHES = (
    RatedStretch("S2", "Base", 10.5, 20.0, {"calm": 5.0, "afraid": 1.0}, "baseline"),
    RatedStretch("S2", "TSST", 30.0, 40.0, {"afraid": 4.0}),
)


def test_stretches_are_events_in_seconds() -> None:
    table = make_events(STRETCHES, Path("q"))
    events = table.of("S2", "any")
    assert [(event.name, event.condition, table.seconds(event, None)) for event in events] == [
        ("Base", "baseline", (10.5, 20.0)),
        ("TSST", "", (30.0, 40.0)),
    ]


def test_items_are_reversed_and_summed() -> None:
    scale = Scale(1, 5, ("calm",), {"tension": ("calm", "afraid")})
    scores = make_scores(STRETCHES, ["tension", "afraid"], scale)
    assert scores.of == {("S2", "Base"): {"tension": 1.0, "afraid": 1.0}, ("S2", "TSST"): {"afraid": 4.0}}
    with pytest.raises(UsageError, match=r"no item 'happy'. They have: calm, afraid"):
        make_scores(STRETCHES, ["happy", "afraid"], Scale(1, 5))


def test_score_beyond_the_scale_is_refused_where_it_is_used() -> None:
    assert make_scores(STRETCHES, ["afraid"], Scale(1, 4)).of
    with pytest.raises(UsageError, match=r"S2, Base, has calm 5, which is not on the scale from 1 to 4"):
        make_scores(STRETCHES, ["calm", "afraid"], Scale(1, 4, ("calm",)))
