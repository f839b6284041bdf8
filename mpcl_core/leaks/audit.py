"""Audit the studies of a recipe or a run."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from mpcl_core.data.plan import Study
from mpcl_core.leaks.checks import check_study
from mpcl_core.leaks.finding import AuditReport, Observation
from mpcl_core.leaks.job_experiments import plan_job_experiments
from mpcl_core.leaks.traced_job import ContextOpener
from mpcl_core.spec.variant import VariantSpec


def audit_studies(
    name: str,
    studies: Sequence[Study],
    specs: Mapping[str, VariantSpec],
    seed: int,
    opener: ContextOpener,
    modules: Sequence[str],
    on_message: Callable[[str], None],
) -> AuditReport:
    """Look for leaks in every study of a recipe.

    Args:
        name: the recipe's name.
        studies: its studies.
        specs: its variants, baselines included.
        seed: the seed of the jobs that are tried.
        opener: opens the recipe in another process.
        modules: what every job imports.
        on_message: called with a line for each check.

    Returns:
        The report.
    """
    summaries, observations = [], []
    for study in studies:
        experiments = plan_job_experiments(study, specs, seed)
        observations += _merge(check_study(study, experiments, specs, opener, modules, on_message))
        summaries.append(
            {
                "variants": list(study.variants),
                "tried": list(experiments.variants),
                "grade": study.grade,
                "rows": len(study.windows),
                "folds": len(study.folds),
            }
        )
    return AuditReport(name, summaries, observations)


def _merge(observations: Iterable[Observation]) -> list[Observation]:
    """Merge equal observations of several variants.

    Args:
        observations: with repetitions.

    Returns:
        Each once, with all variants that it concerns.
    """
    merged: dict[tuple[str, str], Observation] = {}
    for observation in observations:
        key = (observation.code, observation.message)
        earlier = merged[key].variants if key in merged else ()
        merged[key] = replace(observation, variants=tuple(dict.fromkeys((*earlier, *observation.variants))))
    return list(merged.values())
