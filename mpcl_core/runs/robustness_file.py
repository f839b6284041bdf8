"""Read ``robustness.jsonl``: the scores of one job without some of its modalities, a line a subject and condition."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mpcl_core.toolkit.bounded_json import read_json_lines

TEXTS = ("kind", "subject")
NUMBERS = ("rate", "weight")


def read_robustness(file: Path, metrics: Sequence[str]) -> list[dict[str, Any]]:
    """Read the lines of a job.

    Args:
        file: the file.
        metrics: the metrics that every line states.

    Returns:
        The lines.

    Raises:
        OSError, ValueError: the file is missing or damaged, or a line lacks a value or holds one of another type.
    """
    lines = read_json_lines(file)
    for number, line in enumerate(lines, 1):
        _check(line, number, metrics)
    return lines


def _check(line: Mapping[str, Any], number: int, metrics: Sequence[str]) -> None:
    names = line.get("modalities")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError(f"line {number}: 'modalities' is no list of names")
    for name in TEXTS:
        if not isinstance(line.get(name), str):
            raise ValueError(f"line {number}: '{name}' is no text")  # noqa: TRY004
    for name in (*NUMBERS, *metrics):
        value = line.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"line {number}: '{name}' is no number")  # noqa: TRY004  (the file is damaged)
