"""Write the notes of the tables: which data the numbers come from, how limited they are, and how they were tested."""

from collections.abc import Collection, Iterator, Sequence

from mpcl_core.evaluation.compare import Comparison
from mpcl_core.evaluation.statistics.intervals import coverage
from mpcl_core.evaluation.statistics.pairs import PairedTest
from mpcl_core.evaluation.statistics.ranks import ALPHA, MIN_SUBJECTS, MIN_VARIANTS, undistinguished
from mpcl_core.reporting.number_format import format_count, state_p
from mpcl_core.runs.manifest import StudyManifest

ONE_SEED = (
    "One seed: a test over subjects takes each trained network as fixed. Training with another seed gives another "
    "network and may change the finding."
)


ENOUGH_SUBJECTS = 30
"""Number of subjects from which on a 95 % interval covers the mean in about 95 % of cases."""


def note_narrow_interval(subjects: int) -> str:
    """Write the note that intervals over few subjects are too narrow.

    Args:
        subjects: number of subjects.

    Returns:
        The note, with the actual coverage.
    """
    return (
        f"A 95 % interval over {subjects} subjects is too narrow: for normally distributed scores it contains the true "
        f"mean in about {100 * coverage(subjects):.0f} % of cases."
    )


def explain_data(result: Comparison) -> Iterator[str]:
    """Describe the data and the grade of a result.

    Args:
        result: the result.

    Yields:
        Notes; one that does not hold for all runs begins with the run's name.
    """
    studies = result.group.studies
    yield from result.notes
    yield f"Grade {result.group.grade}: {studies[0][1].grade_meaning}."
    by_study = [list(_describe_study(study, result)) for _, study in studies]
    for (label, _), notes in zip(studies, by_study, strict=True):
        for note in notes:
            if all(note in others for others in by_study):
                if notes is by_study[0]:
                    yield note
            else:
                yield f"{label}: {note}"


def _describe_study(study: StudyManifest, result: Comparison) -> Iterator[str]:
    if study.is_simulated:
        yield "SIMULATED data: these numbers say nothing about people."
    numbers = [row for row in result.scores if not row.variant.endswith("+seeds")]
    subjects, seeds = (max(getattr(row, name) for row in numbers) for name in ("n_subjects", "n_seeds"))
    tested = result.group.windows.count
    windows = f"{tested} tested windows of {study.n_windows}" if tested != study.n_windows else f"{tested} windows"
    people = format_count(subjects, "subject") if subjects else "unknown subjects"
    yield (
        f"{windows} with {study.n_labels} distinct labels, {people}, {format_count(study.n_folds, 'fold')}. "
        f"Means are over {'subjects' if subjects else 'windows'}"
        + (f", whose scores are means over up to {seeds} seeds." if seeds > 1 else ".")
    )
    if 3 <= subjects < ENOUGH_SUBJECTS:
        yield note_narrow_interval(subjects)
    yield from study.notes
    yield from (f"Transductive: {text}" for text in study.transductive)
    yield from (f"Mixes windows: {text}" for text in study.mixes_samples)


def explain_marks(result: Comparison) -> Iterator[str]:
    """Explain the marks of the numbers.

    Args:
        result: the result.

    Yields:
        Notes.
    """
    if len(result.group.complete) > 1:
        yield "Bold: the best value of a column; underlined: the second best."
    family = max((pair.family for pair in result.tests if pair.reference == result.references[0]), default=0)
    if family:
        yield (
            f"†: p < .05 against {result.references[0]} (two-sided Wilcoxon signed-rank test over subjects, "
            f"Holm-corrected for {format_count(family, 'test')} per metric)."
        )
    networks = {entry.name for entry in result.group.variants if entry.is_network}
    if family and any(row.variant in networks and row.n_seeds == 1 for row in result.scores):
        yield ONE_SEED
    if any(row.variant.endswith("+seeds") for row in result.scores):
        yield (
            "+seeds: the prediction averaged over seeds, an ensemble of several networks, which is not marked, tested "
            "or ranked."
        )


def explain_tests(tests: Sequence[PairedTest], earlier: Collection[str] = ()) -> Iterator[str]:
    """Explain a table of paired tests.

    Args:
        tests: the tests against one reference variant.
        earlier: reference variants of the tables above, against which the variants were already tested.

    Yields:
        Notes.
    """
    first = next((pair for pair in tests if pair.variant not in earlier), tests[0])
    yield (
        f"Paired by subject ({first.n_subjects}). Δ: variant − {first.reference}"
        + (", with its 95 % interval over subjects in [ ]" if first.n_subjects >= 3 else "")
        + "; effect: rank-biserial correlation, above 0 if the variant is better; wins: number of subjects for whom "
        "the variant is better."
    )
    if first.family:
        repeated = [pair.variant for pair in tests if pair.variant in earlier]
        yield (
            "p: two-sided Wilcoxon signed-rank test over subjects, Holm-corrected for the "
            f"{format_count(first.family, 'test')} of this table"
            + (f"; the test of {', '.join(repeated)} is repeated from the table above." if repeated else ".")
        )
        if (least := first.family * 2.0 ** (1 - first.n_subjects)) >= ALPHA:
            yield (
                f"With {first.n_subjects} subjects, no p-value corrected for {format_count(first.family, 'test')} can "
                f"be below {least:.3f}."
            )
    for note in dict.fromkeys(pair.note for pair in tests if pair.note):
        names = [pair.variant for pair in tests if pair.note == note]
        variants = ", ".join(names) if len(names) < len(tests) else "all variants"
        yield f"No p-value ({variants}): {note}."


def explain_ranks(result: Comparison) -> Iterator[str]:
    """State the Friedman test and Nemenyi's post-hoc test, or why there is none.

    Args:
        result: the result.

    Yields:
        Notes.
    """
    complete = result.group.complete
    if len(complete) < 2:
        return
    ranks = result.ranks
    if ranks is None:
        subjects = len(complete[0].subjects.subjects)
        yield (
            f"No Friedman test: it needs at least {MIN_VARIANTS} variants and {MIN_SUBJECTS} subjects; there are "
            f"{len(complete)} and {subjects}."
        )
        return
    found = ", ".join(f"{name} {rank:.2f}" for name, rank in zip(ranks.variants, ranks.average, strict=True))
    yield (
        f"Friedman test by {result.metric} over {ranks.n_subjects} subjects: χ² = {ranks.statistic:.2f}, "
        f"{state_p(ranks.p)}. Average ranks: {found}."
    )
    if ranks.p < ALPHA:
        sets = "; ".join(", ".join(names) for names in undistinguished(ranks))
        yield (
            f"Critical difference {ranks.critical:.2f} (Nemenyi, .05). Groups without a significant difference: "
            f"{sets or 'none'}."
        )
