"""The summary as CSV, as Markdown and in a terminal. Numbers of different grades stand in different tables."""

import csv
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from mpcl_core.results.metrics import METRICS
from mpcl_core.results.summary import Row

if TYPE_CHECKING:
    from rich.console import Console

HEADINGS = ("Chebyshev ↓", "Clark ↓", "Canberra ↓", "KL ↓", "cosine ↑", "intersection ↑")
SHORT = ("Cheb ↓", "Clark ↓", "Canb ↓", "KL ↓", "cos ↑", "inter ↑")


def as_csv(rows: Sequence[Row]) -> str:
    """Long form, one number a line, at full precision; an interval that does not exist is empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(Row)], lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: "" if value != value else value for name, value in asdict(row).items()})
    return text.getvalue()


def as_markdown(rows: Sequence[Row], lock: Mapping[str, Any]) -> str:
    """A heading, what the numbers are about, and a table for each study."""
    parts = [f"# {lock['name']}"]
    for title, notes, table in _tables(rows, lock):
        header = ["variant", *HEADINGS]
        lines = [header, ["---", *["---:"] * len(METRICS)], *table]
        parts += [f"## {title}", *notes, "\n".join(f"| {' | '.join(line)} |" for line in lines)]
    return "\n\n".join(parts) + "\n"


def show(rows: Sequence[Row], lock: Mapping[str, Any], console: "Console") -> None:
    """The same in a terminal."""
    from rich import box
    from rich.table import Table

    for title, notes, lines in _tables(rows, lock):
        table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE, pad_edge=False)
        table.add_column("variant", overflow="fold")
        for heading in SHORT:
            table.add_column(heading, justify="right", no_wrap=True)
        for line in lines:
            table.add_row(*line)
        console.print(table)
        for note in notes:
            console.print(note, highlight=False, markup=False)
        console.print()


def _tables(rows: Sequence[Row], lock: Mapping[str, Any]) -> Iterator[tuple[str, list[str], list[list[str]]]]:
    for study in lock["studies"]:
        mine = [row for row in rows if row.variant.removesuffix("+seeds") in study["variants"]]
        names = list(dict.fromkeys(row.variant for row in mine))
        cells = {(row.variant, row.metric): row for row in mine}
        table = [[name, *(_cell(cells[name, metric]) for metric in METRICS)] for name in names]
        yield f"{lock['name']}: {study['grade']}", _notes(study, mine), table


def _cell(row: Row) -> str:
    if row.metric != "kl_divergence" or math.isnan(row.low):
        return f"{row.mean:.4f}"
    low, high = (f"{bound:.4f}".removeprefix("0") for bound in (row.low, row.high))
    return f"{row.mean:.4f} [{low}, {high}]"


def _notes(study: Mapping[str, Any], rows: Sequence[Row]) -> list[str]:
    notes = [f"Grade {study['grade']}: {study['grade_means']}."]
    if study["simulated"]:
        notes.append("SIMULATED data: these numbers say nothing about people.")
    subjects = rows[0].n_subjects if rows else 0
    notes.append(
        f"{study['n_rows']} rows with {study['n_labels']} distinct labels, {subjects} subject{_s(subjects)}, "
        f"{study['n_folds']} fold{_s(study['n_folds'])}. Means are over subjects"
        + (", [ ] is the 95 % interval over them." if subjects >= 3 else ".")
    )
    notes += [f"Transductive: {text}" for text in study["transductive"]]
    notes += [f"Mixes samples: {text}" for text in study["mixes_samples"]]
    return notes


def _s(count: int) -> str:
    return "" if count == 1 else "s"
