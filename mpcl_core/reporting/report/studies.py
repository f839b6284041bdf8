"""Name the studies of a run in the titles of their tables."""

from mpcl_core.evaluation.run import Run
from mpcl_core.runs.manifest import StudyManifest


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
