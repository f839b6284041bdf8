"""Tables that a run keeps as CSV (paired tests, robustness), a table for each grade and kind of metric."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from mpcl_core.evaluation.robustness import FILE as ROBUSTNESS
from mpcl_core.reporting.number_format import format_p, format_signed
from mpcl_core.reporting.report.result_section import TESTS, lines, titled
from mpcl_core.reporting.report.table import Table, heading, plain, stated, tidy
from mpcl_core.runs.reader import KL, Run

Line = Mapping[str, str]
Columns = Mapping[str, Callable[[Line], str]]
"""Heading -> what stands there of a line."""

OF_TESTS = (
    "Paired by subject. Difference: variant − against, the mean over subjects with its 95 % interval. Effect: the "
    "rank-biserial correlation, above 0 where the variant is better. p: Wilcoxon's signed-rank test after Holm's "
    "correction for as many tests as stand in brackets.",
)

RELATIVE = (
    "The same weights throughout. Gain left is the share of the gain over the train mean that is left; there is none "
    "where the network with all modalities gains nothing, or nothing that an interval over subjects tells from chance.",
)


def tests(run: Run) -> list[Table]:
    """The paired tests of a run; none where it keeps none."""
    columns: Columns = {
        "variant": lambda line: line.get("variant", ""),
        "against": lambda line: line.get("reference", ""),
        "difference": lambda line: stated(line, "difference", format_signed),
        "better in": lambda line: f"{line.get('wins', '–')} of {line.get('n_subjects', '–')}",
        "effect": lambda line: format_signed(float(line.get("rank_biserial") or "nan"), 2),
        "p": _p,
    }
    return _kept(run, TESTS, "Paired tests over subjects", columns, OF_TESTS)


def robustness(run: Run) -> list[Table]:
    """What a run's networks predict without some modalities; none where that was not tried."""
    columns: Columns = {
        "variant": lambda line: line.get("variant", ""),
        "modalities that are there": _there,
        "mean": lambda line: stated(line, "mean", plain),
        "gain left": lambda line: tidy(line.get("relative", "")),
    }
    return _kept(run, ROBUSTNESS, "Missing modalities", columns, RELATIVE)


def _p(line: Line) -> str:
    if not line.get("p_holm"):
        return line.get("note") or "–"
    return f"{format_p(float(line['p_holm']))} ({line.get('family', '–')})"


def _there(line: Line) -> str:
    kind, rate = line.get("kind", ""), float(line.get("rate") or 0)
    if kind == "train_mean":
        return "the train mean, without any"
    if kind == "missing":
        return f"all, {100 * rate:.0f} % missing at random"
    return line.get("modalities", "") + (" (all)" if kind == "all" else "")


def _kept(run: Run, name: str, title: str, columns: Columns, notes: Sequence[str]) -> list[Table]:
    """The tables of a CSV file; none where there is no such file, or it has no lines.

    The column ``variant`` tells the study of a line, ``grade`` its grade where the variant is not known. The lines of
    metrics other than the KL are folded away.
    """
    groups: dict[str, list[Line]] = {}
    for line in lines(run, name):
        groups.setdefault(_about(run, line), []).append(line)
    tables = [table for about, mine in groups.items() for table in _tables(title, about, columns, mine)]
    return [*tables[:-1], *(replace(table, notes=notes) for table in tables[-1:])]


def _about(run: Run, line: Line) -> str:
    variant = line.get("variant", "").removesuffix("+seeds")
    study = next((study for study in run.studies if variant in study["variants"]), None)
    if study is not None:
        return titled(run, study)
    return f"grade {line['grade']}" if line.get("grade") else "all studies"


def _tables(title: str, about: str, columns: Columns, found: Sequence[Line]) -> Iterator[Table]:
    for folded, suffix in ((False, f"{title} by the KL"), (True, f"{title}, the other metrics")):
        mine = [line for line in found if (line.get("metric", KL) != KL) == folded]
        first: Columns = {"metric": lambda line: heading(line["metric"])} if folded else {}
        shown = {**first, **columns}
        rows = [[cell(line) for cell in shown.values()] for line in mine]
        if rows:
            yield Table(f"{suffix}, {about}", list(shown), rows, folded=folded)
