"""The audit of a recipe or a run."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from mpcl_core.audit import checks
from mpcl_core.audit.finding import Remark, Report
from mpcl_core.audit.probe import probe
from mpcl_core.audit.traced_job import Opener
from mpcl_core.data.plan import Study
from mpcl_core.spec.variant import VariantSpec


def audit(
    name: str,
    plan: Sequence[Study],
    specs: Mapping[str, VariantSpec],
    seed: int,
    opener: Opener,
    tell: Callable[[str], None],
) -> Report:
    """Look for leaks in every study of a recipe.

    Args:
        name: the recipe's.
        plan: its studies.
        specs: its variants, references among them.
        seed: of the jobs that are tried.
        opener: opens the recipe in another process; picklable.
        tell: told of each check.
    """
    studies, remarks = [], []
    for study in plan:
        tried = probe(study, specs, seed)
        remarks += _merged(checks.remarks(study, tried, specs, opener, tell))
        studies.append(
            {
                "variants": list(study.variants),
                "tried": list(tried.variants),
                "grade": study.grade,
                "rows": len(study.windows),
                "folds": len(study.folds),
            }
        )
    return Report(name, studies, remarks)


def _merged(remarks: Iterable[Remark]) -> list[Remark]:
    """Each once, with all variants of which it was said."""
    found: dict[tuple[str, str], Remark] = {}
    for remark in remarks:
        key = (remark.code, remark.what)
        earlier = found[key].variants if key in found else ()
        found[key] = replace(remark, variants=tuple(dict.fromkeys((*earlier, *remark.variants))))
    return list(found.values())
