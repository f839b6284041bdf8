"""Tables that a run keeps as CSV (paired tests, robustness), a table for each grade and kind of metric."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from mpcl_core.results.figures.reading import KL, Run
from mpcl_core.results.report.result import lines, titled
from mpcl_core.results.report.table import Table, tidy

Line = Mapping[str, str]


def kept(run: Run, name: str, title: str, notes: Sequence[str] = ()) -> list[Table]:
    """The tables of a CSV file; none where there is no such file, or it has no lines.

    The column ``variant`` tells the study of a line, ``grade`` its grade where the variant is not known. The lines of
    metrics other than the KL are folded away.

    Args:
        run: the run.
        name: the file's name in the run folder.
        title: what its tables hold.
        notes: what a reader must know, said after the last.
    """
    groups: dict[str, list[Line]] = {}
    for line in lines(run, name):
        groups.setdefault(_about(run, line), []).append(line)
    tables = [table for about, mine in groups.items() for table in _tables(title, about, mine)]
    return [*tables[:-1], *(replace(table, notes=notes) for table in tables[-1:])]


def _about(run: Run, line: Line) -> str:
    variant = line.get("variant", "").removesuffix("+seeds")
    study = next((study for study in run.studies if variant in study["variants"]), None)
    if study is not None:
        return titled(run, study)
    return f"grade {line['grade']}" if line.get("grade") else "all studies"


def _tables(title: str, about: str, found: Sequence[Line]) -> Iterator[Table]:
    columns = [name for name in found[0] if name != "grade"]
    for folded, suffix in ((False, ""), (True, ", the other metrics")):
        mine = [line for line in found if (line.get("metric", KL) != KL) == folded]
        rows = [[tidy(line.get(name) or "") for name in columns] for line in mine]
        if rows:
            yield Table(f"{title}{suffix}, {about}", columns, rows, folded=folded)
