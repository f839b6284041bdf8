"""Recipe -> studies (rows and folds) -> jobs."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mpcl_core.data.cache.prepared_windows import Provenance, WindowCache
from mpcl_core.data.grade import grade_fold, weakest_grade
from mpcl_core.data.prepare import prepare
from mpcl_core.interfaces.data import Fold, Job, WindowSet
from mpcl_core.interfaces.errors import DataError, Fault, RecipeError
from mpcl_core.spec.block import Block
from mpcl_core.spec.variant import VariantSpec

DATA_KEYS = ("source", "prepare", "protocol")

FolderOf = Callable[[str, int, str], Path]
"""Variant, seed, fold -> the folder of that job."""


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
    provenance: Provenance

    @property
    def grade(self) -> str:
        """The weakest of the folds' grades: what the study's numbers may claim."""
        return weakest_grade(self.grades)


@dataclass(frozen=True)
class Task:
    """A job and where its rows come from: the number of its study and of its fold there."""

    job: Job
    study: int
    fold: int


def with_baselines(specs: Mapping[str, VariantSpec]) -> dict[str, VariantSpec]:
    """All variants and, before those that share rows and folds, the reference rows on the same.

    References of the first study keep their names; those of another are named ``<its first variant>.<name>``. One
    that a variant already stands for (same name, same estimator) is not repeated.
    """
    result: dict[str, VariantSpec] = {}
    for number, names in enumerate(_sharing(specs)):
        first = specs[names[0]]
        for name, block in first.baselines.items():
            if name in names and _same(specs[name].model, block):
                continue
            taken = number > 0 or name in specs
            full = f"{names[0]}.{name}" if taken else name
            result[full] = replace(first, name=full, model=block, baselines={})
        result |= {name: specs[name] for name in names}
    return result


def load_studies(specs: Mapping[str, VariantSpec], cache: WindowCache | None = None) -> list[Study]:
    """Load the rows and split them, once for all variants that share both.

    Args:
        specs: the variants.
        cache: keeps the rows from one run to the next; without it they are prepared in memory.

    Raises:
        DataError: the data are not what they should be.
        RecipeError: the protocol cannot split them.
    """
    return [_study(specs[names[0]], tuple(names), cache) for names in _sharing(specs)]


def plan_tasks(
    plan: Sequence[Study], specs: Mapping[str, VariantSpec], seeds: Sequence[int], folder_of: FolderOf
) -> Iterator[Task]:
    """Yield every job of a run, study by study and variant by variant.

    Networks come first: where several jobs run at a time, the short ones at the end have all of them end together.

    Args:
        plan: the studies.
        specs: the variants, baselines among them.
        seeds: the recipe's seeds.
        folder_of: names a job's folder.

    Yields:
        The jobs, each with the number of its study and of its fold.
    """
    variants = [(number, name) for number, study in enumerate(plan) for name in study.variants]
    for number, variant in sorted(variants, key=lambda named: isinstance(specs[named[1]].model, Block)):
        labels = [fold.label for fold in plan[number].folds]
        for job in plan_jobs(variant, labels, specs[variant], seeds, folder_of):
            yield Task(job, number, labels.index(job.fold))


def plan_jobs(
    variant: str, folds: Sequence[str], spec: VariantSpec, seeds: Sequence[int], folder_of: FolderOf
) -> Iterator[Job]:
    """Yield the jobs of one variant: seed × fold. An estimator draws nothing at random and has the first seed only.

    Args:
        variant, spec: the variant's name and spec.
        folds: the labels of its folds.
        seeds: the recipe's seeds.
        folder_of: names a job's folder.

    Yields:
        The jobs by seed, then by fold.
    """
    for seed in seeds[:1] if isinstance(spec.model, Block) else seeds:
        for fold in folds:
            yield Job(variant, seed, fold, folder_of(variant, seed, fold))


def _same(model: object, block: Block) -> bool:
    return isinstance(model, Block) and (model.cls, model.parameters) == (block.cls, block.parameters)


def _sharing(specs: Mapping[str, VariantSpec]) -> list[list[str]]:
    groups: dict[str, list[str]] = {}
    for name, spec in specs.items():
        key = json.dumps([spec.recipe.get(key) for key in DATA_KEYS], sort_keys=True, default=str)
        groups.setdefault(key, []).append(name)
    return list(groups.values())


def _study(spec: VariantSpec, variants: tuple[str, ...], cache: WindowCache | None) -> Study:
    source = spec.source.build()
    windows, provenance = (
        cache.load(spec.source, spec.prepare)
        if cache
        else (prepare(source, [block.build() for block in spec.prepare]), Provenance())
    )
    protocol = spec.protocol
    try:
        folds = tuple(protocol.build().split(windows))
    except DataError as error:
        message = f"'{protocol.cls.name}' cannot split these rows: {error}"
        raise RecipeError([Fault(protocol.place, protocol.key, message)]) from None
    grades = tuple(grade_fold(windows, fold) for fold in folds)
    return Study(variants, windows, folds, grades, source.notes, provenance)
