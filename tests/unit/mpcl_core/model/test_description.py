"""Check the content of a model description."""

from typing import Any

import pytest

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.model.description import FORMAT_VERSION, parse_description

CONTENT: dict[str, Any] = {
    "format_version": FORMAT_VERSION,
    "name": "ridge",
    "kind": "estimator",
    "recipe": {},
    "inputs": [],
    "modalities": [],
    "labels": ["joy", "fear"],
    "valence": {"positive": ["joy"], "negative": ["fear"]},
    "epochs": None,
    "seed": 0,
    "trained_on": {"windows": 2, "subjects": 1},
    "versions": {},
}


def test_description_is_read_as_it_was_written() -> None:
    description = parse_description(CONTENT, "model.json")
    assert parse_description(description.as_json(), "model.json") == description
    assert not description.is_simulated


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format_version": 1}, "has format version 1, .* train it again"),
        ({"labels": ["joy"]}, "the valence names 'fear', which is none of the emotions: joy"),
        ({"valence": {"positive": ["joy"], "negative": [""]}}, "the valence names '', which is none"),
        ({"error_bars": {"half_widths": [0.1]}}, "half_widths has 1 values, but there are 2 emotions"),
        ({"seed": "x"}, "seed: Input should be a valid integer"),
    ],
)
def test_damaged_description_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parse_description(CONTENT | change, "model.json")
