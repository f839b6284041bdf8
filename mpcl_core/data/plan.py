"""Plan the studies of a recipe (windows and folds) and their jobs."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mpcl_core.data.cache.prepared_windows import Provenance, WindowCache, prepare_in_memory
from mpcl_core.data.fold_weights import check_fold_weights, check_unrated
from mpcl_core.data.grade import grade_fold, weakest_grade
from mpcl_core.data.spellings import spelling_note
from mpcl_core.data.truth import read_only, read_only_fold
from mpcl_core.data.unused_recordings import unused_note
from mpcl_core.interfaces.data import Fold, Job, RecordingOverlap, WindowSet
from mpcl_core.interfaces.errors import DataError, Fault, RecipeError
from mpcl_core.interfaces.suggestions import list_names
from mpcl_core.spec.block import Block
from mpcl_core.spec.variant import VariantSpec

DATA_KEYS = ("source", "prepare", "protocol")
"""The recipe keys that decide windows and folds."""

_MOST_NAMED = 5

FolderOf = Callable[[str, int, str], Path]
"""Variant, seed, fold -> the folder of that job."""


@dataclass(frozen=True)
class Study:
    """Hold the windows and folds that several variants share.

    Args:
        variants: their names, baselines first, then in recipe order.
        windows: the windows.
        folds: the protocol's folds.
        grades: the grade of each fold.
        notes: the source's notes on its data, recordings that give no window, identifiers that may be one, and variants
            whose transforms are not those of the baselines.
        provenance: whether the windows come from the cache.
        overlaps: the pairs of recordings that share time.
    """

    variants: tuple[str, ...]
    windows: WindowSet
    folds: tuple[Fold, ...]
    grades: tuple[str, ...]
    notes: tuple[str, ...]
    provenance: Provenance
    overlaps: tuple[RecordingOverlap, ...] = ()

    @property
    def grade(self) -> str:
        """Return the weakest grade of the folds, which is what the study's numbers may claim."""
        return weakest_grade(self.grades)


@dataclass(frozen=True)
class Task:
    """Hold a job with the number of its study and of its fold in that study, both from 0."""

    job: Job
    study: int
    fold: int


def with_baselines(specs: Mapping[str, VariantSpec]) -> dict[str, VariantSpec]:
    """Add the baselines to the variants, once for all variants that share windows and folds.

    They have the transforms of the first of these variants, and learn windows or trials as it does (``pool``); a note
    of the study names the variants that differ in these. Baselines of the first study keep their
    names; those of another are named ``<its first variant>.<name>``. A baseline that is a variant already (same name,
    same estimator) is not repeated.

    Args:
        specs: name -> variant.

    Returns:
        Name -> variant or baseline; the baselines of a study come before its variants.
    """
    result: dict[str, VariantSpec] = {}
    for number, names in enumerate(_group_by_data(specs)):
        first = specs[names[0]]
        for name, block in first.baselines.items():
            if name in names and _is_same_estimator(specs[name], block, first):
                continue
            is_taken = number > 0 or name in specs
            full_name = f"{names[0]}.{name}" if is_taken else name
            result[full_name] = replace(first, name=full_name, model=block, baselines={}, search=None)
        result |= {name: specs[name] for name in names}
    return result


def load_studies(specs: Mapping[str, VariantSpec], cache: WindowCache | None = None) -> list[Study]:
    """Load the windows and split them, once for all variants that share both.

    Args:
        specs: name -> variant.
        cache: stores prepared windows between runs; without it they are prepared in memory.

    Returns:
        The studies, in the order of their first variants.

    Raises:
        DataError: the data break the contract.
        RecipeError: the protocol cannot split the windows.
    """
    studies = []
    for names in _group_by_data(specs):
        study = _load_study(specs[names[0]], tuple(names), cache)
        studies.append(replace(study, notes=(*study.notes, *_baseline_notes([specs[name] for name in names]))))
    return studies


def plan_tasks(
    plan: Sequence[Study], specs: Mapping[str, VariantSpec], seeds: Sequence[int], folder_of: FolderOf
) -> Iterator[Task]:
    """Yield every job of a run, study by study and variant by variant.

    Networks come first: where several jobs run at a time, short jobs at the end let all workers finish at about the
    same time.

    Args:
        plan: the studies.
        specs: name -> variant, baselines included.
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
    """Yield the jobs of one variant, one for each seed and fold.

    An estimator draws nothing at random and has the first seed only.

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


def _is_same_estimator(spec: VariantSpec, block: Block, first: VariantSpec) -> bool:
    model = spec.model
    is_same = isinstance(model, Block) and (model.cls, model.parameters) == (block.cls, block.parameters)
    return is_same and spec.pool == first.pool


def _group_by_data(specs: Mapping[str, VariantSpec]) -> list[list[str]]:
    groups: dict[str, list[str]] = {}
    for name, spec in specs.items():
        key = json.dumps([spec.recipe.get(key) for key in DATA_KEYS], sort_keys=True, default=str)
        groups.setdefault(key, []).append(name)
    return list(groups.values())


def _load_study(spec: VariantSpec, variants: tuple[str, ...], cache: WindowCache | None) -> Study:
    windows, provenance = (
        cache.load(spec.source, spec.prepare) if cache else prepare_in_memory(spec.source, spec.prepare)
    )
    protocol = spec.protocol
    try:
        folds = tuple(map(read_only_fold, protocol.build().split(read_only(windows))))
        for fold in folds:
            check_fold_weights(windows, fold)
            check_unrated(fold)
    except DataError as error:
        message = f"'{protocol.cls.name}' cannot split these windows: {error}"
        raise RecipeError([Fault(protocol.place, protocol.key, message)]) from None
    overlaps = spec.source.build().overlaps
    grades = tuple(grade_fold(windows, fold, overlaps) for fold in folds)
    unused = unused_note(provenance.unused, provenance.n_recordings, windows.subject.tolist())
    notes = (*provenance.notes, *filter(None, [unused]), *_spelling_notes(windows, grades))
    return Study(variants, windows, folds, grades, notes, provenance, overlaps)


def _baseline_notes(specs: Sequence[VariantSpec]) -> Iterator[str]:
    """Name the variants of a study that prepare windows otherwise than its baselines, which come first.

    Yields:
        A sentence for the transforms, and one for the pooling.
    """
    if not any(spec.baselines for spec in specs):
        return
    for key in ("transforms", "pool"):
        value = specs[0].recipe.get(key)
        if others := [f"'{spec.name}'" for spec in specs if spec.recipe.get(key) != value]:
            origin = next(spec.name for spec in specs if spec.baselines)
            yield (
                f"The baselines have the {key} of '{origin}'; {list_names(others, _MOST_NAMED)} "
                f"ha{'ve' if others[1:] else 's'} others."
            )


def _spelling_notes(windows: WindowSet, grades: Sequence[str]) -> list[str]:
    notes = [spelling_note("subject", windows.subject.tolist())]
    if any(grade.endswith("+stimulus") for grade in grades):
        notes.append(spelling_note("stimulus", windows.stimulus.tolist()))
    return [note for note in notes if note]
