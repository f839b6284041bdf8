"""What came out: for each study its grade, the recipe's first variant beside the train mean, and all variants.

A study's numbers stand in tables of their own, so that two grades are never ranked together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan

from mpcl_core.evaluation.metrics import KL, METRICS
from mpcl_core.evaluation.run import Run
from mpcl_core.evaluation.summary import VariantScore
from mpcl_core.reporting.number_format import format_count
from mpcl_core.reporting.report.table import Table, between, heading, scored
from mpcl_core.reporting.tables.notes import ENOUGH_SUBJECTS, ONE_SEED, note_narrow_interval
from mpcl_core.runs.manifest import StudyManifest

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


def headline(run: Run, study: StudyManifest) -> str | None:
    """The variant that a study's result is told by: the first of the recipe that was scored, not the best one."""
    scored_ones = [name for name in study.variants if (name, KL) in run.numbers]
    own = [name for name in run.own_variants if name in scored_ones]
    return next(iter([*own, *scored_ones]), None)


def variants(run: Run) -> list[Table]:
    """A table for each study: all its variants in recipe order, with the six metrics."""
    return [table for study in run.studies for table in [_variants(run, study)] if table.rows]


def titled(run: Run, study: StudyManifest) -> str:
    """What tells a study's tables from those of another: its variants where there are several studies."""
    own = [name for name in run.own_variants if name in study.variants]
    about = f"grade {study.grade}"
    return about if len(run.studies) == 1 else f"{about} ({', '.join(own or study.variants)})"


def _result(run: Run, study: StudyManifest) -> Result:
    name, mean = headline(run, study), run.mean_baseline(study)
    weak = _gaps(run, study)
    weak += [f"Transductive: {text}" for text in study.transductive]
    weak += [f"Mixes samples: {text}" for text in study.mixes_samples]
    if name is None:
        return Result(study.grade, study.grade_meaning, weak, ["No job of this study ended well."], None)
    columns = list(dict.fromkeys(n for n in (name, f"{name}+seeds", mean) if n and (n, KL) in run.numbers))
    rows = [[heading(metric), *(scored(run.numbers.get((n, metric))) for n in columns)] for metric in METRICS]
    table = Table(f"The six metrics, {titled(run, study)}", ["metric", *columns], rows, _notes(run, study, name))
    return Result(study.grade, study.grade_meaning, weak, _said(run, study, name, mean), table)


def _gaps(run: Run, study: StudyManifest) -> list[str]:
    groups = [comparison.group for comparison in run.comparisons]
    return [note for group in groups if (run.name, study) in group.studies for note in group.incomplete_notes()]


def _said(run: Run, study: StudyManifest, name: str, mean: str | None) -> list[str]:
    found = run.numbers[name, KL]
    several = len(set(run.own_variants) & set(study.variants)) > 1
    first = ", the recipe's first variant of this grade," if several else ""
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
    test = run.paired_test(name, mean)
    if test is None:
        return "This run has no paired test of that, so it is no finding."
    said = f"Paired by subject, {test.wins} of {test.n_subjects} subjects are predicted better"
    if not isnan(test.low):
        said += f", the 95 % interval of the difference is [{test.low:.4f}, {test.high:.4f}]"
    if isnan(test.p_holm):
        return f"{said}; there is no p ({test.note})."
    return f"{said}, and Wilcoxon's p is {test.p_holm:.2g} after Holm's correction for {test.family} tests."


def _number(number: VariantScore) -> str:
    interval = between(number)
    return f"{number.mean:.4f} nats" + (f" (95 % interval {interval})" if interval else "")


def _over(number: VariantScore) -> str:
    people = format_count(number.n_subjects, "subject") if number.n_subjects else "rows of unknown subjects"
    return f"{people} and {format_count(number.n_seeds, 'seed')}"


def _notes(run: Run, study: StudyManifest, name: str) -> list[str]:
    number = run.numbers[name, KL]
    notes = [f"Means over {_over(number)} in {format_count(study.n_folds, 'fold')}."]
    if between(number):
        notes.append(
            "[ ] is the 95 % interval over subjects. The intervals are not paired: two that overlap may still differ, "
            "and whether they do is for a paired test."
        )
        if number.n_subjects < ENOUGH_SUBJECTS:
            notes.append(note_narrow_interval(number.n_subjects))
    else:
        notes.append("Fewer than three subjects: there are no intervals, and nothing is said about people.")
    if number.n_seeds == 1 and run.is_network(name):
        notes.append(ONE_SEED)
    if (f"{name}+seeds", KL) in run.numbers:
        notes.append("'+seeds' is one prediction, averaged over the seeds, and not the mean of their scores.")
    return notes


def _variants(run: Run, study: StudyManifest) -> Table:
    names = [n for name in study.variants for n in (name, f"{name}+seeds") if (n, KL) in run.numbers]
    rows = [
        [name, *(scored(run.numbers.get((name, metric))) for metric in METRICS), str(run.numbers[name, KL].n_seeds)]
        for name in names
    ]
    head = ["variant", *(heading(metric) for metric in METRICS), "seeds"]
    references = [name for name in names if name.removesuffix("+seeds") not in run.own_variants]
    notes = [f"Reference rows, on the same folds: {', '.join(references)}."] if references else []
    notes += ["In recipe order, not ranked. Values for another number of emotions are not comparable."]
    return Table(f"All variants, {titled(run, study)}", head, rows, notes + _floored(run, names))


def _floored(run: Run, names: Sequence[str]) -> list[str]:
    counts = [f"{name} {run.numbers[name, KL].floored}" for name in names if run.numbers[name, KL].floored]
    return [f"Predicted shares below 1e-12, which the KL floors: {', '.join(counts)}."] if counts else []
