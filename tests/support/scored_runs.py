"""Make runs whose scores are given, without a folder."""

from collections.abc import Sequence
from pathlib import Path

from mpcl_core.evaluation.coverage import CoverageScore
from mpcl_core.evaluation.run import Run
from mpcl_core.runs.manifest import StudyManifest


class ScoredRun(Run):
    """Hold one study and the coverage of its variants."""

    name = "study"
    studies: Sequence[StudyManifest] = ()
    own_variants: Sequence[str] = ("main", "few")
    coverage: Sequence[CoverageScore] = ()


def scored_run(variants: Sequence[str], coverage: Sequence[CoverageScore]) -> Run:
    """Return a run of one study with these variants."""
    run = ScoredRun(Path("run"))
    run.studies = [StudyManifest.model_construct(variants=list(variants), grade="leaky", is_simulated=False)]
    run.coverage = coverage
    return run
