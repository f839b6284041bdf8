"""What a run folder holds beside the jobs: tables."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console

from mpcl_core.evaluation import robustness
from mpcl_core.evaluation.compare import Result, compare
from mpcl_core.jobs.execution import JobOutcome
from mpcl_core.reporting.tables import as_csv, as_latex, as_markdown, pairs_as_csv
from mpcl_core.runs import layout
from mpcl_core.spec.network import NetworkSpec
from mpcl_core.spec.variant import VariantSpec


def write_summary(folder: Path, name: str, outcomes: Sequence[JobOutcome]) -> list[Result]:
    """The tables of a run, of as many jobs as ended well.

    Args:
        folder: where it is kept.
        name: of its recipe.
        outcomes: how its jobs ended.
    """
    results = compare([folder]) if any(not outcome.error for outcome in outcomes) else []
    (folder / layout.SUMMARY_CSV).write_text(as_csv([row for result in results for row in result.rows]))
    (folder / layout.SUMMARY_MARKDOWN).write_text(as_markdown(name, results))
    (folder / layout.SUMMARY_LATEX).write_text(as_latex(results))
    (folder / layout.TESTS_CSV).write_text(pairs_as_csv(results))
    return results


def write_robustness(folder: Path, specs: Mapping[str, VariantSpec], console: Console) -> None:
    """The table, where some variant was to be tested without modalities; an estimator says that it was not.

    Args:
        folder: where the run is kept.
        specs: its variants.
        console: where that is said.
    """
    tested = {name: spec for name, spec in specs.items() if spec.robustness is not None}
    if not tested:
        return
    if rows := robustness.summarise(folder):
        (folder / layout.ROBUSTNESS_CSV).write_text(robustness.as_csv(rows))
    if skipped := [name for name, variant in tested.items() if not isinstance(variant.model, NetworkSpec)]:
        note = f"Not tested for robustness, since an estimator is no network: {', '.join(skipped)}."
        console.print(note, highlight=False, markup=False, soft_wrap=True)
