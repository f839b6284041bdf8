"""Further scores are read by the rules of the source that a model was trained on."""

from typing import Any

import pytest

from mpcl_core.app.prediction.score_rules import score_rules
from support.model_descriptions import described

MODEL = described()


@pytest.mark.parametrize(
    ("source", "rules"),
    [
        (
            {"use": "folder", "path": "m.csv", "labels": ["joy", "fear"], "floor": 1.0, "ceiling": None},
            {"ratings": "share", "at_floor": "uniform", "missing": "drop", "floor": 1.0},
        ),
        (
            {"use": "table", "path": "t.csv", "subject": "code", "missing": "mean", "ceiling": 5.0},
            {"ratings": "share", "at_floor": "uniform", "missing": "mean", "floor": 0.0, "ceiling": 5.0},
        ),
        (
            {"use": "k_emocon", "path": "data", "missing": "floor"},
            {"ratings": "above_floor", "at_floor": "uniform", "missing": "floor", "floor": 1.0},
        ),
        ({"use": "simulated"}, {}),
        ({"use": "deap", "path": "data"}, {}),
        ({"use": "of_a_plugin", "missing": "mean", "ratings": "scores.csv"}, {"missing": "mean", "floor": 0.0}),
        ({}, {}),
    ],
)
def test_rules_are_those_that_the_source_of_the_model_states_or_has(
    source: dict[str, Any], rules: dict[str, Any]
) -> None:
    assert score_rules(MODEL.model_copy(update={"recipe": {"source": source}})) == rules
