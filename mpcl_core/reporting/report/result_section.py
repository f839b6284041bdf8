"""Build the result of each study: grade, headline variant and train mean, and the scores of all variants.

Each study has tables of its own, so that numbers of different grades are never ranked together.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from mpcl_core.evaluation.metrics import KL
from mpcl_core.evaluation.run import Run
from mpcl_core.evaluation.summary import VariantScore
from mpcl_core.reporting.figure_names import name_figure
from mpcl_core.reporting.number_format import format_count
from mpcl_core.reporting.report.coverage_section import describe_coverage
from mpcl_core.reporting.report.prototype_usage import warn_of_unused_prototypes
from mpcl_core.reporting.report.studies import describe_study
from mpcl_core.reporting.report.table import Table, format_heading, format_interval, format_score_cell
from mpcl_core.reporting.report.verdict import Answer, build_verdict
from mpcl_core.reporting.tables.notes import ENOUGH_SUBJECTS, note_narrow_interval
from mpcl_core.runs.manifest import StudyManifest

METRICS_NOTE = (
    "KL: the Kullback–Leibler divergence of the predicted from the true distribution, in nats. It is 0 where they are "
    "equal, as are chebyshev, clark and canberra; cosine and intersection are then 1. These five have no unit."
)

INTERVALS_NOTE = "[ ]: 95 % interval over subjects."


@dataclass(frozen=True)
class StudyResult:
    """Hold the result of a study.

    Args:
        grade: what its numbers may claim, as a word.
        grade_meaning: the same as a sentence.
        warnings: what weakens the claim.
        answers: is the headline variant better than the mean, for how many people, may it be believed.
        figure: name of the figure that shows the differences by subject.
        coverage: how often the error bars of the headline variant held; empty where it has none.
        table: the metrics of the headline variant and of the train mean; None if nothing was scored.
    """

    grade: str
    grade_meaning: str
    warnings: Sequence[str]
    answers: Sequence[Answer]
    figure: str
    coverage: str
    table: Table | None


def build_results(run: Run) -> list[StudyResult]:
    """Build the result of each study.

    Args:
        run: the run.

    Returns:
        The results, in the order of the studies.
    """
    return [
        _build_result(run, study, name_figure("people", run, number)) for number, study in enumerate(run.studies, 1)
    ]


def build_variant_tables(run: Run) -> list[Table]:
    """Build a table for each study with the metrics of all its variants, in recipe order.

    Args:
        run: the run.

    Returns:
        The tables.
    """
    return [table for study in run.studies for table in [_build_variant_table(run, study)] if table.rows]


def _build_result(run: Run, study: StudyManifest, figure: str) -> StudyResult:
    name, mean = run.headline(study), run.mean_baseline(study)
    warnings = _list_gaps(run, study)
    warnings += [f"Transductive: {text}" for text in study.transductive]
    warnings += [f"Mixes windows: {text}" for text in study.mixes_samples]
    if name is None:
        warnings = ["No job of this study has finished.", *warnings]
        return StudyResult(study.grade, study.grade_meaning, warnings, [], figure, "", None)
    columns = list(dict.fromkeys(n for n in (name, f"{name}+seeds", mean) if n and (n, KL) in run.numbers))
    rows = [
        [format_heading(metric, higher), *(format_score_cell(run.numbers.get((n, metric))) for n in columns)]
        for metric, higher in run.higher_is_better.items()
    ]
    title, notes = f"The metrics, {describe_study(run, study)}", _list_notes(run, study, name)
    table = Table(title, ["metric", *columns], rows, notes, is_folded=True)
    answers = build_verdict(run, study, name, mean, warnings)
    warnings += warn_of_unused_prototypes(run, study)  # about the model, not about what its numbers may claim
    return StudyResult(study.grade, study.grade_meaning, warnings, answers, figure, describe_coverage(run, name), table)


def _list_gaps(run: Run, study: StudyManifest) -> list[str]:
    groups = [comparison.group for comparison in run.comparisons]
    return [note for group in groups if (run.name, study) in group.studies for note in group.incomplete_notes()]


def _describe_counts(score: VariantScore) -> str:
    people = format_count(score.n_subjects, "subject") if score.n_subjects else "windows of unknown subjects"
    return f"{people} and {format_count(score.n_seeds, 'seed')}"


def _list_notes(run: Run, study: StudyManifest, name: str) -> list[str]:
    score = run.numbers[name, KL]
    notes = [f"Means over {_describe_counts(score)} in {format_count(study.n_folds, 'fold')}."]
    if format_interval(score):
        notes.append(
            "[ ]: 95 % interval over subjects, not paired: only a paired test shows whether two variants differ."
        )
        if score.n_subjects < ENOUGH_SUBJECTS:
            notes.append(note_narrow_interval(score.n_subjects))
    else:
        notes.append("There are no intervals, since they need three subjects; the numbers do not generalise to people.")
    if (f"{name}+seeds", KL) in run.numbers:
        notes.append("'+seeds': scores of the prediction averaged over seeds, not the mean of the seeds' scores.")
    return notes


def _build_variant_table(run: Run, study: StudyManifest) -> Table:
    names = [n for name in study.variants for n in (name, f"{name}+seeds") if (n, KL) in run.numbers]
    rows = [
        [
            name,
            *(format_score_cell(run.numbers.get((name, metric))) for metric in run.higher_is_better),
            str(run.numbers[name, KL].n_seeds),
        ]
        for name in names
    ]
    head = ["variant", *(format_heading(*each) for each in run.higher_is_better.items()), "seeds"]
    baselines = [name for name in names if name.removesuffix("+seeds") not in run.own_variants]
    notes = [f"Baselines, on the same folds: {', '.join(baselines)}."] if baselines else []
    notes += [INTERVALS_NOTE] * any(format_interval(run.numbers[name, KL]) for name in names)
    notes += [METRICS_NOTE, "In recipe order, not ranked. Scores for different numbers of emotions are not comparable."]
    return Table(f"All variants, {describe_study(run, study)}", head, rows, notes + _note_floored(run, names))


def _note_floored(run: Run, names: Sequence[str]) -> list[str]:
    counts = [f"{name} {run.numbers[name, KL].floored}" for name in names if run.numbers[name, KL].floored]
    return [f"Predicted shares below 1e-12, which the KL sets to 1e-12: {', '.join(counts)}."] if counts else []
