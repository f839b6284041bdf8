"""Read from a run how the recipe of a model scored."""

from pathlib import Path

from mpcl_core.evaluation.metrics import KL
from mpcl_core.evaluation.run import open_run
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.model.description import Evaluation
from mpcl_core.recipe.load import load
from mpcl_core.recipe.node import to_plain
from mpcl_core.runs.layout import RECIPE
from mpcl_core.spec.variant import VariantSpec

SAME = ("prepare", "transforms", "pool", "dim", "streams", "head", "objectives", "estimator", "train")
"""The keys of a recipe that decide what is trained."""


def read_evaluation(path: Path, spec: VariantSpec) -> Evaluation:
    """Read grade and scores of a variant from a run of the same recipe.

    Args:
        path: the run folder.
        spec: the variant that the model is trained from.

    Returns:
        The evaluation.

    Raises:
        UsageError: it is no run, did not score the variant, or trained something else under its name.
    """
    run = open_run(path)
    if (spec.name, KL) not in run.numbers:
        scored = ", ".join(name for name in run.own_variants if (name, KL) in run.numbers)
        raise UsageError(f"{path} did not score '{spec.name}'. It scored: {scored or 'nothing'}.")
    trained = to_plain(load(run.path / RECIPE).variants[spec.name].node, {})
    differing = [key for key in SAME if trained.get(key) != spec.recipe.get(key)]
    if differing:
        raise UsageError(f"{path} evaluated another recipe: {', '.join(differing)} of '{spec.name}' differ")
    score = run.numbers[spec.name, KL]
    coverage = next((each.reached for each in run.coverage if each.variant == spec.name and each.n_jobs), None)
    scores = {metric: run.numbers[spec.name, metric].mean for metric in run.higher_is_better}
    return Evaluation(
        run=run.path.resolve().name,
        variant=spec.name,
        grade=score.grade,
        subjects=score.n_subjects,
        scores=scores,
        coverage=coverage,
    )
