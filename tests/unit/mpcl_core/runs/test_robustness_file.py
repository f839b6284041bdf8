"""Read the scores of a job without some modalities."""

import json
from pathlib import Path
from typing import Any

import pytest

from mpcl_core.runs.robustness_file import read_robustness

LINE = {"kind": "all", "subject": "s01", "modalities": ["gsr"], "rate": 0.0, "weight": 2, "kl": 0.5}


def test_lines_are_read_as_they_are(tmp_path: Path) -> None:
    file = tmp_path / "robustness.jsonl"
    file.write_text(f"{json.dumps(LINE)}\n" * 2)
    assert read_robustness(file, ["kl"]) == [LINE, LINE]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("kind", 3, "line 2: 'kind' is no text"),
        ("subject", None, "line 2: 'subject' is no text"),
        ("modalities", "gsr", "line 2: 'modalities' is no list of names"),
        ("weight", True, "line 2: 'weight' is no number"),
        ("kl", "0.5", "line 2: 'kl' is no number"),
    ],
)
def test_line_with_a_value_of_another_type_is_refused(tmp_path: Path, name: str, value: Any, message: str) -> None:
    file = tmp_path / "robustness.jsonl"
    file.write_text(f"{json.dumps(LINE)}\n{json.dumps({**LINE, name: value})}\n")
    with pytest.raises(ValueError, match=message):
        read_robustness(file, ["kl"])
