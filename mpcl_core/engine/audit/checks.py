"""All checks of a study: those of its rows, and those that are tried in fresh processes."""

from collections.abc import Callable, Iterator, Mapping

from mpcl_core.engine.audit import judged, neighbours, prepared, shuffled, sides
from mpcl_core.engine.audit.finding import Remark
from mpcl_core.engine.audit.fresh import Call, fresh
from mpcl_core.engine.audit.probe import Probe
from mpcl_core.engine.audit.rehearsal import Opener, rehearse
from mpcl_core.engine.plan import Study
from mpcl_core.interfaces.blueprint import Blueprint

Tell = Callable[[str], None]


def remarks(
    study: Study, probe: Probe, blueprints: Mapping[str, Blueprint], opener: Opener, tell: Tell
) -> Iterator[Remark]:
    """Everything that the checks find.

    Args:
        study: its rows and folds.
        probe: what is tried of it.
        blueprints: its variants, references among them.
        opener: opens the recipe in another process; picklable.
        tell: told of each check.
    """
    tell("(a, d) what is on both sides of a fold")
    yield from sides.shared(study)
    tell("(f) nearest neighbours")
    yield from neighbours.near(study)
    blueprint = blueprints[study.variants[-1]]  # all have the same source and prepare list
    ways = prepared.ways(blueprint, study) if blueprint.prepare else {}
    shuffles = shuffled.steps(study, probe.variants, probe.seed)
    calls = {
        "(e) shuffled labels": {str(time): Call(rehearse, (opener, steps)) for time, steps in enumerate(shuffles, 1)},
        "(b, c, d) jobs": {name: Call(rehearse, (opener, steps)) for name, steps in probe.steps().items()},
        "(b, e) prepare": {way: Call(prepared.prepared, (opener, blueprint.name, some)) for way, some in ways.items()},
    }
    answers = fresh(calls, [opener.func.__module__, "sklearn.neighbors"], tell)
    tries, jobs, rows = answers.values()
    yield from shuffled.judged(shuffles, list(tries.values()))
    yield from judged.judged(probe, blueprints, jobs)
    if ways:
        yield from prepared.judged(study, blueprint, rows)
