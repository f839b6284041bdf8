"""Build the table of error bars: how often they held in tested people, against the stated coverage."""

from math import isnan

from mpcl_core.evaluation.coverage import CoverageScore
from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.number_format import ABSENT, format_count
from mpcl_core.reporting.report.studies import describe_study
from mpcl_core.reporting.report.table import Table, format_cell, format_fixed

HEAD = (
    "variant",
    "stated",
    "reached, windows",
    "radius, windows",
    "reached, trials",
    "radius, trials",
    "reached, emotions",
    "held-out people",
)

NOTES = (
    "Radius: the total variation distance from a prediction within which the true distribution is stated to lie, from "
    "people whom no training has seen (split-conformal by whole people). Reached: the share of a tested person's "
    "windows or trials for which it does, averaged over people, with its 95 % interval; for emotions, the share of "
    "their single intervals. Held-out people: the fewest on whom the error bars of a fold rest.",
    "A narrow radius is worth something only at the stated coverage. One that is no narrower than that of the train "
    "mean shows that the signals add nothing to the mean.",
)


def build_coverage_tables(run: Run) -> list[Table]:
    """Build a table of error bars for each study.

    Args:
        run: the run.

    Returns:
        The tables; none of a study in which no variant has error bars, which the result of the study states.
    """
    scores = {score.variant: score for score in run.coverage}
    tables = []
    for study in run.studies:
        found = [scores[name] for name in study.variants if name in scores]
        title = f"Reached against stated coverage, {describe_study(run, study)}"
        if any(not isnan(score.reached) for score in found):
            tables.append(Table(title, HEAD, [_cells(score) for score in found], [*_reasons(found), *NOTES]))
    return tables


def describe_coverage(run: Run, variant: str) -> str:
    """Describe the error bars of a variant in a sentence.

    Args:
        run: the run.
        variant: the variant.

    Returns:
        What was reached against what was stated, or why there are no error bars; '' where no job stored any.
    """
    score = next((score for score in run.coverage if score.variant == variant), None)
    if score is None:
        return ""
    if isnan(score.reached):
        return f"No error bars: {score.reason}."
    return (
        f"Error bars: in {format_count(score.n_subjects, 'tested subject')}, {score.reached:.1%} of the windows lie "
        f"within the radius of {score.radius:.3f} (stated: {score.stated:.0%})."
    )


def _cells(score: CoverageScore) -> list[str]:
    if isnan(score.reached):
        return [score.variant, f"{score.stated:g}", *[ABSENT] * 5, str(score.people)]
    return [
        score.variant,
        f"{score.stated:g}",
        format_cell(score.reached, score.low, score.high, lambda value: f"{value:.3f}"),
        format_fixed(score.radius),
        f"{score.trial_reached:.3f}",
        format_fixed(score.trial_radius),
        f"{score.emotions:.3f}",
        str(score.people),
    ]


def _reasons(scores: list[CoverageScore]) -> list[str]:
    found: dict[str, list[str]] = {}
    for score in scores:
        if score.reason:
            found.setdefault(score.reason, []).append(score.variant)
    return [f"No error bars for {', '.join(names)}: {reason}." for reason, names in found.items()]
