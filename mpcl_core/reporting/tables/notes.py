"""What must be said beside the numbers: what they are about, over what, and how they were tested."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from mpcl_core.evaluation.compare import Result
from mpcl_core.evaluation.statistics.intervals import covered
from mpcl_core.evaluation.statistics.pairs import Pair
from mpcl_core.evaluation.statistics.ranks import ALPHA, FEWEST_SUBJECTS, FEWEST_VARIANTS, together
from mpcl_core.reporting.number_format import format_count, state_p

ONE_SEED = (
    "One seed: a test over subjects takes each trained network as it is. Another seed trains another network, which "
    "can turn a finding around."
)


MANY = 30
"""Subjects from which on an interval is about what it says."""


def narrow(subjects: int) -> str:
    """That the intervals of a few people are too narrow."""
    return (
        f"An interval over {subjects} subjects is too narrow: of normal scores it holds the true mean about "
        f"{100 * covered(subjects):.0f} times in 100, not 95."
    )


def about(result: Result) -> Iterator[str]:
    """What the numbers are about; what is not so in all runs names the run."""
    studies = result.group.studies
    yield from result.notes
    yield f"Grade {result.group.grade}: {studies[0][1]['grade_means']}."
    said = [list(_study(study, result)) for _, study in studies]
    for (label, _), notes in zip(studies, said, strict=True):
        for note in notes:
            if all(note in others for others in said):
                if notes is said[0]:
                    yield note
            else:
                yield f"{label}: {note}"


def _study(study: Mapping[str, Any], result: Result) -> Iterator[str]:
    if study["simulated"]:
        yield "SIMULATED data: these numbers say nothing about people."
    mine = [row for row in result.rows if not row.variant.endswith("+seeds")]
    subjects, seeds = (max(getattr(row, name) for row in mine) for name in ("n_subjects", "n_seeds"))
    tested = result.group.rows.count
    rows = f"{tested} tested rows of {study['n_rows']}" if tested != study["n_rows"] else f"{tested} rows"
    people = format_count(subjects, "subject") if subjects else "unknown subjects"
    yield (
        f"{rows} with {study['n_labels']} distinct labels, {people}, {format_count(study['n_folds'], 'fold')}. "
        f"Means are over {'subjects' if subjects else 'rows'}"
        + (f", whose scores are means over up to {seeds} seeds." if seeds > 1 else ".")
    )
    if 3 <= subjects < MANY:
        yield narrow(subjects)
    yield from study.get("notes", ())
    yield from (f"Transductive: {text}" for text in study["transductive"])
    yield from (f"Mixes samples: {text}" for text in study["mixes_samples"])


def of_marks(result: Result) -> Iterator[str]:
    """How to read the marks of the numbers."""
    if len(result.group.complete) > 1:
        yield "Bold: the best; underlined: the second."
    family = max((pair.family for pair in result.tests if pair.reference == result.references[0]), default=0)
    if family:
        yield (
            f"†: p < .05 against {result.references[0]} (Wilcoxon signed-rank over subjects, two-sided; "
            f"Holm over {format_count(family, 'test')} by each metric)."
        )
    networks = {entry.name for entry in result.group.entries if entry.network}
    if family and any(row.variant in networks and row.n_seeds == 1 for row in result.rows):
        yield ONE_SEED
    if any(row.variant.endswith("+seeds") for row in result.rows):
        yield "+seeds: the prediction averaged over seeds, several networks at once; not marked, tested or ranked."


def of_tests(tests: Sequence[Pair], above: Collection[str] = ()) -> Iterator[str]:
    """How a table of tests is to be read; ``above``: the references of the tables before it."""
    first = next((pair for pair in tests if pair.variant not in above), tests[0])
    yield (
        f"Paired by subject ({first.n_subjects}). Δ: variant − {first.reference}"
        + (", [ ] its 95 % interval over subjects" if first.n_subjects >= 3 else "")
        + "; effect: rank-biserial, above 0 where the variant is better; wins: subjects for whom it is."
    )
    if first.family:
        kept = [pair.variant for pair in tests if pair.variant in above]
        yield (
            f"p: Wilcoxon signed-rank over subjects, two-sided; Holm over the {format_count(first.family, 'test')} here"
            + (f"; {', '.join(kept)} was tested above." if kept else ".")
        )
        if (least := first.family * 2.0 ** (1 - first.n_subjects)) >= ALPHA:
            yield f"With {first.n_subjects} subjects no p of so many tests can be below {least:.3f}."
    for note in dict.fromkeys(pair.note for pair in tests if pair.note):
        names = [pair.variant for pair in tests if pair.note == note]
        who = ", ".join(names) if len(names) < len(tests) else "all"
        yield f"No p ({who}): {note}."


def of_ranks(result: Result) -> Iterator[str]:
    """Friedman's test and Nemenyi's post hoc, or why there is none."""
    complete = result.group.complete
    if len(complete) < 2:
        return
    ranks = result.ranks
    if ranks is None:
        subjects = len(complete[0].scores.subjects)
        yield (
            f"No Friedman test: it needs {FEWEST_VARIANTS} variants and {FEWEST_SUBJECTS} subjects; there are "
            f"{len(complete)} and {subjects}."
        )
        return
    found = ", ".join(f"{name} {rank:.2f}" for name, rank in zip(ranks.variants, ranks.average, strict=True))
    yield (
        f"Friedman test by {result.metric} over {ranks.n_subjects} subjects: χ² = {ranks.statistic:.2f}, "
        f"{state_p(ranks.p)}. Average ranks: {found}."
    )
    if ranks.p < ALPHA:
        sets = "; ".join(", ".join(names) for names in together(ranks))
        yield f"Critical difference {ranks.critical:.2f} (Nemenyi, .05). Not told apart: {sets or 'none'}."
