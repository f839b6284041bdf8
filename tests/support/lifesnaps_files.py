"""Make a small daily table of LifeSnaps."""

import csv
from pathlib import Path

from mpcl_plugins.sources._lifesnaps.table import MEASURES, MOODS

Cells = dict[str, object]


def table(people: int = 2, days: int = 5) -> list[Cells]:
    """Return rows in which all is measured, with places and a goal beside it."""
    measures = [column for group in MEASURES.values() for column in group]
    return [
        {
            "": number,
            "id": f"p{person}",
            "date": f"2021-06-{day + 1:02}",
            **{column: 10 * day + place + 1 for place, column in enumerate(measures)},
            **{column: float(place in (day % 7, person)) for place, column in enumerate(MOODS.values())},
            "HOME": 1.0,
            "step_goal": "NO_GOAL",
        }
        for number, (person, day) in enumerate((person, day) for person in range(people) for day in range(days))
    ]


def save(folder: Path, rows: list[Cells]) -> Path:
    path = folder / "daily.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path
