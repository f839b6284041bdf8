"""Name figures of which each study has one."""

from mpcl_core.evaluation.run import Run


def name_figure(family: str, run: Run, number: int) -> str:
    """Return the file name of a study's figure, without the ending.

    Args:
        family: the kind of figure.
        run: the run.
        number: the number of the study, from 1.

    Returns:
        The family where the run has one study, else the family with the number.
    """
    return family if len(run.studies) == 1 else f"{family}-{number}"
