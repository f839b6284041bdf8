"""Recipe -> studies (rows and folds) -> jobs."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mpcl_core.data.cache.prepared_windows import Cache, Origin
from mpcl_core.data.grade import grade, weakest
from mpcl_core.data.prepare import prepare
from mpcl_core.interfaces.data import Fold, Job, WindowSet
from mpcl_core.interfaces.errors import DataError, Fault, RecipeError
from mpcl_core.spec.blueprint import Block, Blueprint

DATA_KEYS = ("source", "prepare", "protocol")


@dataclass(frozen=True)
class Study:
    """Variants that share their rows and folds.

    Args:
        variants: names, the references first, then in recipe order.
        windows: the rows.
        folds: the protocol's folds.
        grades: the grade of each fold.
        notes: what the source says of its rows.
        origin: where the rows come from.
    """

    variants: tuple[str, ...]
    windows: WindowSet
    folds: tuple[Fold, ...]
    grades: tuple[str, ...]
    notes: tuple[str, ...]
    origin: Origin

    @property
    def grade(self) -> str:
        """The weakest of the folds' grades: what the study's numbers may claim."""
        return weakest(self.grades)


@dataclass(frozen=True)
class Task:
    """A job and where its rows come from: the number of its study and of its fold there."""

    job: Job
    study: int
    fold: int


def with_references(blueprints: Mapping[str, Blueprint]) -> dict[str, Blueprint]:
    """All variants and, before those that share rows and folds, the reference rows on the same.

    References of the first study keep their names; those of another are named ``<its first variant>.<name>``. One
    that a variant already stands for (same name, same estimator) is not repeated.
    """
    result: dict[str, Blueprint] = {}
    for number, names in enumerate(_sharing(blueprints)):
        first = blueprints[names[0]]
        for name, block in first.references.items():
            if name in names and _same(blueprints[name].model, block):
                continue
            taken = number > 0 or name in blueprints
            full = f"{names[0]}.{name}" if taken else name
            result[full] = replace(first, name=full, model=block, references={})
        result |= {name: blueprints[name] for name in names}
    return result


def studies(blueprints: Mapping[str, Blueprint], cache: Cache | None = None) -> list[Study]:
    """Load the rows and split them, once for all variants that share both.

    Args:
        blueprints: the variants.
        cache: keeps the rows from one run to the next; without it they are prepared in memory.

    Raises:
        DataError: the data are not what they should be.
        RecipeError: the protocol cannot split them.
    """
    return [_study(blueprints[names[0]], tuple(names), cache) for names in _sharing(blueprints)]


def tasks(
    plan: Sequence[Study], blueprints: Mapping[str, Blueprint], seeds: Sequence[int], run: Path
) -> Iterator[Task]:
    """Every job of a run, study by study and variant by variant.

    Networks come first: where several jobs run at a time, the short ones at the end have all of them end together.
    """
    variants = [(number, name) for number, study in enumerate(plan) for name in study.variants]
    for number, variant in sorted(variants, key=lambda named: isinstance(blueprints[named[1]].model, Block)):
        labels = [fold.label for fold in plan[number].folds]
        for job in jobs_of(variant, labels, blueprints[variant], seeds, run):
            yield Task(job, number, labels.index(job.fold))


def jobs_of(variant: str, folds: Sequence[str], blueprint: Blueprint, seeds: Sequence[int], run: Path) -> Iterator[Job]:
    """The jobs of one variant: seed × fold. An estimator draws nothing at random and has the first seed only."""
    for seed in seeds[:1] if isinstance(blueprint.model, Block) else seeds:
        for fold in folds:
            yield Job(variant, seed, fold, run / "jobs" / variant / str(seed) / fold)


def _same(model: object, block: Block) -> bool:
    return isinstance(model, Block) and (model.cls, model.parameters) == (block.cls, block.parameters)


def _sharing(blueprints: Mapping[str, Blueprint]) -> list[list[str]]:
    groups: dict[str, list[str]] = {}
    for name, blueprint in blueprints.items():
        key = json.dumps([blueprint.recipe.get(key) for key in DATA_KEYS], sort_keys=True, default=str)
        groups.setdefault(key, []).append(name)
    return list(groups.values())


def _study(blueprint: Blueprint, variants: tuple[str, ...], cache: Cache | None) -> Study:
    source = blueprint.source.build()
    windows, origin = (
        cache.rows(blueprint.source, blueprint.prepare)
        if cache
        else (prepare(source, [block.build() for block in blueprint.prepare]), Origin())
    )
    protocol = blueprint.protocol
    try:
        folds = tuple(protocol.build().split(windows))
    except DataError as error:
        message = f"'{protocol.cls.name}' cannot split these rows: {error}"
        raise RecipeError([Fault(protocol.place, protocol.key, message)]) from None
    grades = tuple(grade(windows, fold) for fold in folds)
    return Study(variants, windows, folds, grades, source.notes, origin)
