"""All checks of a study: those of its rows, and those that are tried in fresh processes."""

from collections.abc import Callable, Iterator, Mapping

from mpcl_core.audit import job_findings, neighbours, preparation, shared_windows, shuffled_labels
from mpcl_core.audit.finding import Remark
from mpcl_core.audit.fresh_process import Call, fresh
from mpcl_core.audit.probe import Probe
from mpcl_core.audit.traced_job import Opener, rehearse
from mpcl_core.data.plan import Study
from mpcl_core.spec.variant import VariantSpec

Tell = Callable[[str], None]


def remarks(
    study: Study, probe: Probe, specs: Mapping[str, VariantSpec], opener: Opener, tell: Tell
) -> Iterator[Remark]:
    """Everything that the checks find.

    Args:
        study: its rows and folds.
        probe: what is tried of it.
        specs: its variants, references among them.
        opener: opens the recipe in another process; picklable.
        tell: told of each check.
    """
    tell("(a, d) what is on both sides of a fold")
    yield from shared_windows.shared(study)
    tell("(f) nearest neighbours")
    yield from neighbours.near(study)
    spec = specs[study.variants[-1]]  # all have the same source and prepare list
    ways = preparation.ways(spec, study) if spec.prepare else {}
    shuffles = shuffled_labels.steps(study, probe.variants, probe.seed)
    calls = {
        "(e) shuffled labels": {str(time): Call(rehearse, (opener, steps)) for time, steps in enumerate(shuffles, 1)},
        "(b, c, d) jobs": {name: Call(rehearse, (opener, steps)) for name, steps in probe.steps().items()},
        "(b, e) prepare": {way: Call(preparation.prepared, (opener, spec.name, some)) for way, some in ways.items()},
    }
    answers = fresh(calls, [opener.func.__module__, "sklearn.neighbors"], tell)
    tries, jobs, rows = answers.values()
    yield from shuffled_labels.judged(shuffles, list(tries.values()))
    yield from job_findings.judged(probe, specs, jobs)
    if ways:
        yield from preparation.judged(study, spec, rows)
