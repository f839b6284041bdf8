"""Build the run manifest from a plan: versions, hashes of code and data, folds, resolved variants."""

import hashlib
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch

from mpcl_core.data.cache.code_hash import hash_class_files, hash_files, hash_module_files
from mpcl_core.data.cache.imported_libraries import find_imported_libraries
from mpcl_core.data.grade import GRADE_MEANINGS
from mpcl_core.data.plan import DATA_KEYS, Study
from mpcl_core.data.splits import hash_folds, name_folds
from mpcl_core.interfaces.components import Component, NetworkComponent
from mpcl_core.interfaces.data import WINDOW_COLUMNS, WindowSet
from mpcl_core.interfaces.metric import Metric
from mpcl_core.isolation.code_origin import installed_version
from mpcl_core.runs.hardware import describe_hardware
from mpcl_core.runs.manifest import (
    ClockRecord,
    ComponentRecord,
    Manifest,
    MetricRecord,
    StudyManifest,
    VariantManifest,
    WindowOrigin,
)
from mpcl_core.runs.start_model import start_models, start_note
from mpcl_core.spec.network import NetworkSpec
from mpcl_core.spec.variant import VariantSpec, blocks

DECIDING = ("interfaces", "spec", "toolkit", "data", "training", "jobs")
"""The packages of mpcl_core whose code decides the numbers of a run."""

PACKAGES = [
    "mpcl",
    "torch",
    "torch-geometric",
    "numpy",
    "scipy",
    "scikit-learn",
    "einops",
    "pluggy",
    "PyYAML",
    "pydantic",
    "joblib",
    "safetensors",
    "jaxtyping",
]
"""The distributions that decide the numbers of any run; what the components import comes to them."""


def build_manifest(
    name: str,
    text: str,
    seeds: Sequence[int],
    device: str,
    plan: Sequence[Study],
    specs: Mapping[str, VariantSpec],
    own_variants: Sequence[str],
    owners: Mapping[type, str],
    metrics: Mapping[str, tuple[Metric, str]],
) -> Manifest:
    """Return the manifest of a run of a recipe, as code, versions and data are now.

    Args:
        name, seeds: the recipe's.
        text: the resolved recipe.
        device: where networks are trained.
        plan: the studies.
        specs: the variants, baselines among them.
        own_variants: the names of the recipe's own variants, in its order; the others are baselines.
        owners: component class -> the plugin that brought it.
        metrics: name -> metric of a plugin, and the plugin that brought it.

    Returns:
        The manifest.
    """
    classes = {block.cls for spec in specs.values() for block in blocks(spec)}
    libraries = find_imported_libraries(classes)
    base = {name: version for name in PACKAGES if (version := installed_version(name))}
    return Manifest(
        name=name,
        recipe_hash=hashlib.sha256(text.encode()).hexdigest(),
        seeds=list(seeds),
        device=device,
        python=platform.python_version(),
        platform=f"{platform.system()} {platform.machine()}",
        hardware=describe_hardware(device),
        threads=torch.get_num_threads(),
        packages={**base, **_others(libraries.versions)},
        imported_code=libraries.code,
        framework_hash=_framework_hash(),
        components=_components(classes, owners),
        variants=_variants(specs, own_variants),
        studies=[_study(study, specs) for study in plan],
        start_models={name: start.digest for name, start in start_models(specs).items()},
        metrics={name: _metric(*found) for name, found in sorted(metrics.items())},
    )


def hash_windows(windows: WindowSet) -> str:
    """Return the SHA-256 of all values, labels and columns of some windows.

    Args:
        windows: the windows of a study.

    Returns:
        The hash in hexadecimal digits.
    """
    digest = hashlib.sha256("\0".join(windows.labels).encode())
    for modality in windows.modalities:
        digest.update(repr(modality).encode())
        digest.update(np.ascontiguousarray(windows.X[modality.name]).data)
        digest.update(np.ascontiguousarray(windows.present[modality.name]).data)
    for name in WINDOW_COLUMNS:
        values = getattr(windows, name)
        digest.update("\0".join(values).encode() if values.dtype.kind == "U" else np.ascontiguousarray(values).data)
    return digest.hexdigest()


def study_notes(study: Study) -> list[str]:
    """Return what the source states about its data, and which windows lack modalities or ratings.

    Args:
        study: the study.

    Returns:
        One sentence each.
    """
    absent = {name: int((~present).sum()) for name, present in study.windows.present.items()}
    windows = len(study.windows)
    unrated = max(len(fold.unrated) for fold in study.folds)
    hidden = (
        [f"The ratings of up to {unrated} windows of a fold are hidden; their signals may be learnt."]
        if unrated
        else []
    )
    absences = [f"{name} is absent in {n} of {windows} windows." for name, n in absent.items() if n]
    return [*study.notes, *absences, *hidden]


def start_notes(study: Study, specs: Mapping[str, VariantSpec]) -> list[str]:
    """Describe the models that variants start from, or refuse one that may know a tested person.

    Args:
        study: the study.
        specs: name -> variant.

    Returns:
        One sentence for each variant with ``train.from``.

    Raises:
        DataError: a tested person is one of the model's people, or may be one.
        UsageError: it is no model of a single network.
    """
    starts = start_models({name: specs[name] for name in study.variants})
    if not starts:
        return []
    tested = set(study.windows.subject[np.concatenate([fold.test for fold in study.folds])].tolist())
    return [start_note(specs[name], start, tested) for name, start in starts.items()]


def _study(study: Study, specs: Mapping[str, VariantSpec]) -> StudyManifest:
    windows, variants = study.windows, [specs[name] for name in study.variants]
    return StudyManifest(
        variants=list(study.variants),
        grade=study.grade,
        grade_meaning=GRADE_MEANINGS[study.grade],
        fold_grades={fold.label: grade for fold, grade in zip(study.folds, study.grades, strict=True)},
        n_windows=len(windows),
        n_labels=len(np.unique(windows.D, axis=0)),
        labels=list(windows.labels),
        modalities=[modality.name for modality in windows.modalities],
        notes=[*study_notes(study), *start_notes(study, specs)],
        is_simulated=variants[0].is_simulated,
        transductive=sorted({text for spec in variants for text in _transductive(spec)}),
        mixes_samples=sorted({text for spec in variants for text in _mixing(spec)}),
        windows_from=WindowOrigin(cache=study.provenance.from_cache, key=study.provenance.key),
        clocks=[ClockRecord(**asdict(clock)) for clock in study.provenance.clocks],
        data_hash=hash_windows(windows),
        split_hash=hash_folds(name_folds(windows, study.folds)),
    )


def _variants(specs: Mapping[str, VariantSpec], own_variants: Sequence[str]) -> dict[str, VariantManifest]:
    baselines = [name for name in specs if name not in own_variants]
    estimators = {
        id(block): spec.recipe["references"][name] for spec in specs.values() for name, block in spec.baselines.items()
    }
    return {
        name: VariantManifest(
            recipe=_baseline(specs[name], estimators) if name in baselines else dict(specs[name].recipe),
            is_network=isinstance(specs[name].model, NetworkSpec),
            is_baseline=name in baselines or name in specs[name].baselines,
        )
        for name in [*baselines, *own_variants]
    }


def _baseline(spec: VariantSpec, estimators: Mapping[int, Any]) -> dict[str, Any]:
    shared = {key: spec.recipe[key] for key in (*DATA_KEYS, "transforms", "pool") if key in spec.recipe}
    return {**shared, "estimator": estimators[id(spec.model)]}


def _transductive(spec: VariantSpec) -> list[str]:
    built = [block.build() for block in spec.transforms]
    return [
        f"'{transform.name}' also uses the signals (never the labels) of the test windows."
        for transform in built
        if transform.transductive
    ]


def _mixing(spec: VariantSpec) -> list[str]:
    pooling = ["with 'pool', a prediction uses all tested windows of its trial."] if spec.pool else []
    return pooling + [
        f"'{block.cls.name}' in '{spec.name}' lets batch neighbours influence a prediction."
        for block in blocks(spec.model)
        if issubclass(block.cls, NetworkComponent) and block.cls.mixes_samples
    ]


def _others(versions: Mapping[str, str]) -> dict[str, str]:
    known = {name.lower() for name in PACKAGES}
    return {name: version for name, version in versions.items() if name.lower() not in known}


def _components(classes: Iterable[type[Component]], owners: Mapping[type, str]) -> dict[str, ComponentRecord]:
    return {
        f"{cls.slot} {cls.name}": ComponentRecord(owner=owners[cls], sha256=hash_class_files(cls))
        for cls in sorted(classes, key=lambda cls: (cls.slot, cls.name))
    }


def _metric(metric: Metric, owner: str) -> MetricRecord:
    sha256 = hash_module_files(metric.function.__module__)
    return MetricRecord(owner=Path(owner).name, sha256=sha256, higher_is_better=metric.higher_is_better)


def _framework_hash() -> str:
    root = Path(__file__).parents[1]
    files = [file for package in DECIDING for file in sorted((root / package).rglob("*.py"))]
    return hash_files({str(file.relative_to(root)): file for file in files})
