"""Write the tables of a run into its folder."""

from collections.abc import Callable, Mapping

from mpcl_core.evaluation.run import SCORE_COLUMNS, Run
from mpcl_core.reporting.tables import (
    as_csv,
    as_latex,
    as_markdown,
    coverage_as_csv,
    lines_as_csv,
    paired_tests_as_csv,
    robustness_as_csv,
)
from mpcl_core.runs import layout
from mpcl_core.spec.network import NetworkSpec
from mpcl_core.spec.variant import VariantSpec


def write_summary(run: Run) -> None:
    """Write the tables of scores and tests, as CSV, Markdown and LaTeX.

    Args:
        run: the run; jobs that have not finished are left out.
    """
    for name, text in summary_texts(run).items():
        (run.path / name).write_text(text, encoding="utf-8")


def summary_texts(run: Run) -> dict[str, str]:
    """Format the tables of scores and tests.

    Args:
        run: the run; jobs that have not finished are left out.

    Returns:
        File name -> text.
    """
    comparisons, coverage = run.comparisons, run.coverage
    scores = [score for comparison in comparisons for score in comparison.scores]
    return {
        layout.SUMMARY_CSV: as_csv(scores),
        layout.SCORES_CSV: lines_as_csv(SCORE_COLUMNS, run.score_lines()),
        layout.SUMMARY_MARKDOWN: as_markdown(run.name, comparisons),
        layout.SUMMARY_LATEX: as_latex(comparisons),
        layout.TESTS_CSV: paired_tests_as_csv(comparisons),
    } | ({layout.COVERAGE_CSV: coverage_as_csv(coverage)} if coverage else {})


def write_robustness(run: Run, specs: Mapping[str, VariantSpec], on_message: Callable[[str], None]) -> None:
    """Write the table of scores without some modalities, where a variant asks for that test.

    Args:
        run: the run.
        specs: its variants.
        on_message: called with a note where an estimator asks for the test, which needs a network.
    """
    tested = {name: spec for name, spec in specs.items() if spec.robustness is not None}
    if tested and run.robustness:
        (run.path / layout.ROBUSTNESS_CSV).write_text(robustness_text(run), encoding="utf-8")
    if skipped := [name for name, spec in tested.items() if not isinstance(spec.model, NetworkSpec)]:
        on_message(f"Not tested for robustness, since an estimator is not a network: {', '.join(skipped)}.")


def robustness_text(run: Run) -> str:
    """Format the table of scores without some modalities.

    Args:
        run: the run.

    Returns:
        The text of the CSV file.
    """
    return robustness_as_csv(run.robustness)
