"""What a run writes down about itself, so that its numbers can be believed: versions, sources, data, splits."""

import hashlib
import platform
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import numpy as np

from mpcl_core.data.cache.code_hash import hash_class_files, hash_files
from mpcl_core.data.grade import GRADE_MEANINGS
from mpcl_core.data.plan import Study
from mpcl_core.data.splits import hash_folds, name_folds
from mpcl_core.interfaces.components import NetworkComponent
from mpcl_core.interfaces.data import ROW_COLUMNS, WindowSet
from mpcl_core.spec.variant import VariantSpec, blocks

DECIDING = ("interfaces", "spec", "toolkit", "data", "training", "jobs")
"""The rooms whose code decides the numbers of a run."""

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


def lock(
    name: str,
    text: str,
    seeds: Sequence[int],
    device: str,
    plan: Sequence[Study],
    specs: Mapping[str, VariantSpec],
    owners: Mapping[type, str],
) -> dict[str, Any]:
    """Everything that decides the run's numbers.

    Args:
        name, text, seeds: the recipe's; the text is the resolved one.
        device: where networks are trained.
        plan: the studies.
        specs: the variants, references among them.
        owners: component class -> the plugin that brought it.
    """
    installed = {dist.metadata["Name"].lower(): dist.version for dist in distributions()}
    return {
        "name": name,
        "recipe_hash": hashlib.sha256(text.encode()).hexdigest(),
        "seeds": list(seeds),
        "device": device,
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "packages": {name: installed[name.lower()] for name in PACKAGES if name.lower() in installed},
        "framework_hash": _framework_hash(),
        "components": _components(specs.values(), owners),
        "studies": [_study(study, specs) for study in plan],
    }


def data_hash(windows: WindowSet) -> str:
    """SHA-256 over all values, labels and columns of the rows."""
    digest = hashlib.sha256("\0".join(windows.labels).encode())
    for modality in windows.modalities:
        digest.update(repr(modality).encode())
        digest.update(np.ascontiguousarray(windows.X[modality.name]).data)
        digest.update(np.ascontiguousarray(windows.present[modality.name]).data)
    for name in ROW_COLUMNS:
        values = getattr(windows, name)
        digest.update("\0".join(values).encode() if values.dtype.kind == "U" else np.ascontiguousarray(values).data)
    return digest.hexdigest()


def notes(study: Study) -> list[str]:
    """What the source says of its rows, and which modalities are not there in some."""
    absent = {name: int((~present).sum()) for name, present in study.windows.present.items()}
    rows = len(study.windows)
    return [*study.notes, *(f"{name} is absent in {n} of {rows} rows." for name, n in absent.items() if n)]


def _study(study: Study, specs: Mapping[str, VariantSpec]) -> dict[str, Any]:
    windows, mine = study.windows, [specs[name] for name in study.variants]
    return {
        "variants": list(study.variants),
        "grade": study.grade,
        "grade_means": GRADE_MEANINGS[study.grade],
        "fold_grades": {fold.label: grade for fold, grade in zip(study.folds, study.grades, strict=True)},
        "n_folds": len(study.folds),
        "n_rows": len(windows),
        "n_labels": len(np.unique(windows.D, axis=0)),
        "labels": list(windows.labels),
        "modalities": [modality.name for modality in windows.modalities],
        "notes": notes(study),
        "simulated": getattr(mine[0].source.cls, "simulated", False),
        "transductive": sorted({text for spec in mine for text in _transductive(spec)}),
        "mixes_samples": sorted({text for spec in mine for text in _mixing(spec)}),
        "rows_from": {"cache": study.provenance.from_cache, "key": study.provenance.key},
        "data_hash": data_hash(windows),
        "split_hash": hash_folds(name_folds(windows, study.folds)),
    }


def _transductive(spec: VariantSpec) -> list[str]:
    built = [block.build() for block in spec.transforms]
    return [
        f"'{transform.name}' also looks at the signals (never the labels) of the test rows."
        for transform in built
        if transform.transductive
    ]


def _mixing(spec: VariantSpec) -> list[str]:
    return [
        f"'{block.cls.name}' in '{spec.name}' lets batch neighbours influence a prediction."
        for block in blocks(spec.model)
        if issubclass(block.cls, NetworkComponent) and block.cls.mixes_samples
    ]


def _components(specs: Iterable[VariantSpec], owners: Mapping[type, str]) -> dict[str, dict[str, str]]:
    classes = {block.cls for spec in specs for block in blocks(spec)}
    return {
        f"{cls.slot} {cls.name}": {"owner": owners[cls], "sha256": hash_class_files(cls)}
        for cls in sorted(classes, key=lambda cls: (cls.slot, cls.name))
    }


def _framework_hash() -> str:
    """Return the SHA-256 of the rooms whose code decides numbers."""
    root = Path(__file__).parents[1]
    files = [file for room in DECIDING for file in sorted((root / room).rglob("*.py"))]
    return hash_files({str(file.relative_to(root)): file for file in files})
