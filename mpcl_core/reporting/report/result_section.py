"""Build the result of each study: grade, headline variant and train mean, and the scores of all variants.

Each study has tables of its own, so that numbers of different grades are never ranked together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan

from mpcl_core.evaluation.metrics import KL, METRICS
from mpcl_core.evaluation.run import Run
from mpcl_core.evaluation.summary import VariantScore
from mpcl_core.reporting.number_format import format_count
from mpcl_core.reporting.report.studies import describe_study, select_headline
from mpcl_core.reporting.report.table import Table, format_heading, format_interval, format_score_cell
from mpcl_core.reporting.tables.notes import ENOUGH_SUBJECTS, ONE_SEED, note_narrow_interval
from mpcl_core.runs.manifest import StudyManifest


@dataclass(frozen=True)
class StudyResult:
    """Hold the result of a study.

    Args:
        grade: what its numbers may claim, as a word.
        grade_meaning: the same as a sentence.
        warnings: what weakens the claim.
        sentences: the result in a sentence or two.
        table: the six metrics of the headline variant and of the train mean; None if nothing was scored.
    """

    grade: str
    grade_meaning: str
    warnings: Sequence[str]
    sentences: Sequence[str]
    table: Table | None


def build_results(run: Run) -> list[StudyResult]:
    """Build the result of each study.

    Args:
        run: the run.

    Returns:
        The results, in the order of the studies.
    """
    return [_build_result(run, study) for study in run.studies]


def build_variant_tables(run: Run) -> list[Table]:
    """Build a table for each study with the six metrics of all its variants, in recipe order.

    Args:
        run: the run.

    Returns:
        The tables.
    """
    return [table for study in run.studies for table in [_build_variant_table(run, study)] if table.rows]


def _build_result(run: Run, study: StudyManifest) -> StudyResult:
    name, mean = select_headline(run, study), run.mean_baseline(study)
    warnings = _list_gaps(run, study)
    warnings += [f"Transductive: {text}" for text in study.transductive]
    warnings += [f"Mixes windows: {text}" for text in study.mixes_samples]
    if name is None:
        return StudyResult(study.grade, study.grade_meaning, warnings, ["No job of this study has finished."], None)
    columns = list(dict.fromkeys(n for n in (name, f"{name}+seeds", mean) if n and (n, KL) in run.numbers))
    rows = [
        [format_heading(metric), *(format_score_cell(run.numbers.get((n, metric))) for n in columns)]
        for metric in METRICS
    ]
    title, notes = f"The six metrics, {describe_study(run, study)}", _list_notes(run, study, name)
    table = Table(title, ["metric", *columns], rows, notes)
    return StudyResult(study.grade, study.grade_meaning, warnings, _write_sentences(run, study, name, mean), table)


def _list_gaps(run: Run, study: StudyManifest) -> list[str]:
    groups = [comparison.group for comparison in run.comparisons]
    return [note for group in groups if (run.name, study) in group.studies for note in group.incomplete_notes()]


def _write_sentences(run: Run, study: StudyManifest, name: str, mean: str | None) -> list[str]:
    score = run.numbers[name, KL]
    has_several = len(set(run.own_variants) & set(study.variants)) > 1
    first = ", the recipe's first variant of this grade," if has_several else ""
    sentences = [f"'{name}'{first} has a KL of {_format_kl(score)}, the mean over {_describe_counts(score)}."]
    if mean is not None and mean != name:
        baseline = run.numbers[mean, KL]
        gap = score.mean - baseline.mean
        sentences.append(
            f"The train mean, a baseline that uses no signals, has a KL of {_format_kl(baseline)} on the same folds; "
            f"'{name}' is {abs(gap):.4f} nats {'below' if gap < 0 else 'above'} it (lower is better). "
            f"{_describe_test(run, name, mean)}"
        )
    return sentences


def _describe_test(run: Run, name: str, mean: str) -> str:
    test = run.paired_test(name, mean)
    if test is None:
        return "This run has no paired test of the difference, so it is not a finding."
    text = f"Paired by subject, '{name}' is better for {test.wins} of {test.n_subjects} subjects"
    if not isnan(test.low):
        text += f", and the 95 % interval of the difference is [{test.low:.4f}, {test.high:.4f}]"
    if isnan(test.p_holm):
        return f"{text}. There is no p-value: {test.note}."
    return f"{text}. Wilcoxon's p is {test.p_holm:.2g} after Holm's correction for {format_count(test.family, 'test')}."


def _format_kl(score: VariantScore) -> str:
    interval = format_interval(score)
    return f"{score.mean:.4f} nats" + (f" (95 % interval {interval})" if interval else "")


def _describe_counts(score: VariantScore) -> str:
    people = format_count(score.n_subjects, "subject") if score.n_subjects else "windows of unknown subjects"
    return f"{people} and {format_count(score.n_seeds, 'seed')}"


def _list_notes(run: Run, study: StudyManifest, name: str) -> list[str]:
    score = run.numbers[name, KL]
    notes = [f"Means over {_describe_counts(score)} in {format_count(study.n_folds, 'fold')}."]
    if format_interval(score):
        notes.append(
            "[ ]: 95 % interval over subjects. The intervals are not paired: variants with overlapping intervals may "
            "still differ, which only a paired test can show."
        )
        if score.n_subjects < ENOUGH_SUBJECTS:
            notes.append(note_narrow_interval(score.n_subjects))
    else:
        notes.append("There are no intervals, since they need three subjects; the numbers do not generalise to people.")
    if score.n_seeds == 1 and run.is_network(name):
        notes.append(ONE_SEED)
    if (f"{name}+seeds", KL) in run.numbers:
        notes.append("'+seeds': scores of the prediction averaged over seeds, not the mean of the seeds' scores.")
    return notes


def _build_variant_table(run: Run, study: StudyManifest) -> Table:
    names = [n for name in study.variants for n in (name, f"{name}+seeds") if (n, KL) in run.numbers]
    rows = [
        [
            name,
            *(format_score_cell(run.numbers.get((name, metric))) for metric in METRICS),
            str(run.numbers[name, KL].n_seeds),
        ]
        for name in names
    ]
    head = ["variant", *(format_heading(metric) for metric in METRICS), "seeds"]
    baselines = [name for name in names if name.removesuffix("+seeds") not in run.own_variants]
    notes = [f"Baselines, on the same folds: {', '.join(baselines)}."] if baselines else []
    notes += ["In recipe order, not ranked. Scores for different numbers of emotions are not comparable."]
    return Table(f"All variants, {describe_study(run, study)}", head, rows, notes + _note_floored(run, names))


def _note_floored(run: Run, names: Sequence[str]) -> list[str]:
    counts = [f"{name} {run.numbers[name, KL].floored}" for name in names if run.numbers[name, KL].floored]
    return [f"Predicted shares below 1e-12, which the KL sets to 1e-12: {', '.join(counts)}."] if counts else []
