"""Answers are JSON without numbers that JSON has not, and messages without control characters."""

import json

from mpcl_core.serving.answers import answer_error, answer_table


def test_message_is_short_and_printable() -> None:
    answer = answer_error(422, "\x1b[31m" + "x" * 2000)
    text = json.loads(answer.body)["error"]
    assert answer.status_code == 422
    assert "\x1b" not in text
    assert len(text) < 520


def test_table_has_null_for_what_is_no_number() -> None:
    answer = answer_table({"joy": [0.5, float("nan")], "trial": ["a", "b"]}, ("joy",), 2)
    assert json.loads(answer.body) == {
        "labels": ["joy"],
        "windows": 2,
        "columns": {"joy": [0.5, None], "trial": ["a", "b"]},
    }
