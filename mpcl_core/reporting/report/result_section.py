"""What came out: for each study its grade, the recipe's first variant beside the train mean, and all variants.

A study's numbers stand in tables of their own, so that two grades are never ranked together.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mpcl_core.evaluation.groups import groups
from mpcl_core.evaluation.metrics import METRICS
from mpcl_core.reporting.number_format import format_count
from mpcl_core.reporting.report.table import Table, between, heading, scored
from mpcl_core.reporting.tables.notes import ENOUGH_SUBJECTS, ONE_SEED, note_narrow_interval
from mpcl_core.runs.diagnostics import Study
from mpcl_core.runs.reader import KL, Number, Run

TESTS = "tests.csv"
"""Where a run keeps its paired tests."""

LOOKS_AT_NOTHING = "which looks at no signal"


@dataclass(frozen=True)
class Result:
    """What a study came to.

    Args:
        grade, means: what its numbers may claim, as a word and in plain words.
        warnings: what weakens that claim.
        said: the result in a sentence or two.
        table: the six metrics of the headline variant and of the train mean; none where nothing was scored.
    """

    grade: str
    means: str
    warnings: Sequence[str]
    said: Sequence[str]
    table: Table | None


def results(run: Run) -> list[Result]:
    """The result of each study, in their order."""
    return [_result(run, study) for study in run.studies]


def headline(run: Run, study: Study) -> str | None:
    """The variant that a study's result is told by: the first of the recipe that was scored, not the best one."""
    scored_ones = [name for name in study["variants"] if (name, KL) in run.numbers]
    own = [name for name in run.own if name in scored_ones]
    return next(iter([*own, *scored_ones]), None)


def variants(run: Run) -> list[Table]:
    """A table for each study: all its variants in recipe order, with the six metrics."""
    return [table for study in run.studies for table in [_variants(run, study)] if table.rows]


def lines(run: Run, name: str) -> list[Mapping[str, str]]:
    """The lines of a CSV file of the run folder; none where there is no such file."""
    path = run.folder / name
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def titled(run: Run, study: Study) -> str:
    """What tells a study's tables from those of another: its variants where there are several studies."""
    own = [name for name in run.own if name in study["variants"]]
    about = f"grade {study['grade']}"
    return about if len(run.studies) == 1 else f"{about} ({', '.join(own or study['variants'])})"


def _result(run: Run, study: Study) -> Result:
    name, mean = headline(run, study), run.train_mean(study)
    weak = _gaps(run, study)
    weak += [f"Transductive: {text}" for text in study.get("transductive", ())]
    weak += [f"Mixes samples: {text}" for text in study.get("mixes_samples", ())]
    if name is None:
        return Result(study["grade"], study["grade_means"], weak, ["No job of this study ended well."], None)
    columns = list(dict.fromkeys(n for n in (name, f"{name}+seeds", mean) if n and (n, KL) in run.numbers))
    rows = [[heading(metric), *(scored(run.numbers.get((n, metric))) for n in columns)] for metric in METRICS]
    table = Table(f"The six metrics, {titled(run, study)}", ["metric", *columns], rows, _notes(run, study, name))
    return Result(study["grade"], study["grade_means"], weak, _said(run, study, name, mean), table)


def _gaps(run: Run, study: Study) -> list[str]:
    """What is missing of a study's numbers."""
    return [gap for group in groups({run.name: run}) if (run.name, study) in group.studies for gap in group.gaps()]


def _said(run: Run, study: Study, name: str, mean: str | None) -> list[str]:
    found = run.numbers[name, KL]
    first = ", the recipe's first variant of this grade," if len(set(run.own) & set(study["variants"])) > 1 else ""
    said = [f"'{name}'{first} has a KL of {_number(found)}, the mean over {_over(found)}."]
    if mean is not None and mean != name:
        base = run.numbers[mean, KL]
        gap = found.mean - base.mean
        said.append(
            f"The train mean, {LOOKS_AT_NOTHING}, has {_number(base)} on the same folds: the variant lies "
            f"{abs(gap):.4f} nats {'below' if gap < 0 else 'above'} it (lower is better). {_tested(run, name, mean)}"
        )
    return said


def _tested(run: Run, name: str, mean: str) -> str:
    line = next((line for line in lines(run, TESTS) if _pair(line) == (name, mean, KL)), None)
    if line is None:
        return "No paired test of that is stored in this run, so it is no finding."
    p, low = line["p_holm"], line["low"]
    said = f"Paired by subject, {line['wins']} of {line['n_subjects']} subjects are predicted better"
    said += f", the 95 % interval of the difference is [{float(low):.4f}, {float(line['high']):.4f}]" if low else ""
    if not p:
        return f"{said}; there is no p ({line['note']})."
    return f"{said}, and Wilcoxon's p is {float(p):.2g} after Holm's correction for {line['family']} tests."


def _pair(line: Mapping[str, str]) -> tuple[str | None, ...]:
    return tuple(line.get(name) for name in ("variant", "reference", "metric"))


def _number(number: Number) -> str:
    interval = between(number)
    return f"{number.mean:.4f} nats" + (f" (95 % interval {interval})" if interval else "")


def _over(number: Number) -> str:
    people = format_count(number.n_subjects, "subject") if number.n_subjects else "rows of unknown subjects"
    return f"{people} and {format_count(number.n_seeds, 'seed')}"


def _notes(run: Run, study: Study, name: str) -> list[str]:
    number = run.numbers[name, KL]
    notes = [f"Means over {_over(number)} in {format_count(study['n_folds'], 'fold')}."]
    if between(number):
        notes.append(
            "[ ] is the 95 % interval over subjects. The intervals are not paired: two that overlap may still differ, "
            "and whether they do is for a paired test."
        )
        if number.n_subjects < ENOUGH_SUBJECTS:
            notes.append(note_narrow_interval(number.n_subjects))
    else:
        notes.append("Fewer than three subjects: there are no intervals, and nothing is said about people.")
    if number.n_seeds == 1 and run.trains(name):
        notes.append(ONE_SEED)
    if (f"{name}+seeds", KL) in run.numbers:
        notes.append("'+seeds' is one prediction, averaged over the seeds, and not the mean of their scores.")
    return notes


def _variants(run: Run, study: Study) -> Table:
    names = [n for name in study["variants"] for n in (name, f"{name}+seeds") if (n, KL) in run.numbers]
    rows = [
        [name, *(scored(run.numbers.get((name, metric))) for metric in METRICS), str(run.numbers[name, KL].n_seeds)]
        for name in names
    ]
    head = ["variant", *(heading(metric) for metric in METRICS), "seeds"]
    references = [name for name in names if name.removesuffix("+seeds") not in run.own]
    notes = [f"Reference rows, on the same folds: {', '.join(references)}."] if references else []
    notes += ["In recipe order, not ranked. Values for another number of emotions are not comparable."]
    return Table(f"All variants, {titled(run, study)}", head, rows, notes + _floored(run, names))


def _floored(run: Run, names: Sequence[str]) -> list[str]:
    mine = [line for line in lines(run, "summary.csv") if line["metric"] == KL and line["variant"] in names]
    counts = [f"{line['variant']} {line['floored']}" for line in mine if int(line["floored"] or 0)]
    return [f"Predicted shares below 1e-12, which the KL floors: {', '.join(counts)}."] if counts else []
