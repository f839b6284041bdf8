"""Name the studies of a run and the variant that represents each of them."""

from mpcl_core.evaluation.metrics import KL
from mpcl_core.evaluation.run import Run
from mpcl_core.runs.manifest import StudyManifest


def select_headline(run: Run, study: StudyManifest) -> str | None:
    """Select the variant that represents a study: the recipe's first scored variant, not the best one.

    Args:
        run: the run.
        study: the study.

    Returns:
        The variant; a baseline if no variant of the recipe was scored, None if nothing was.
    """
    with_scores = [name for name in study.variants if (name, KL) in run.numbers]
    own = [name for name in run.own_variants if name in with_scores]
    return next(iter([*own, *with_scores]), None)


def describe_study(run: Run, study: StudyManifest) -> str:
    """Describe a study for the titles of its tables.

    Args:
        run: the run.
        study: the study.

    Returns:
        Its grade, and its variants if the run has several studies.
    """
    own = [name for name in run.own_variants if name in study.variants]
    grade = f"grade {study.grade}"
    return grade if len(run.studies) == 1 else f"{grade} ({', '.join(own or study.variants)})"
