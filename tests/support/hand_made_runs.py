"""Make run folders by hand, whose numbers are known beforehand."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from mpcl_core.runs.manifest import Manifest, StudyManifest, VariantManifest, WindowOrigin, write_manifest

LABELS = ["joy", "calm", "fear"]


def study(*variants: str, **more: Any) -> StudyManifest:
    """Return the manifest of a study of two folds."""
    values: dict[str, Any] = {
        "variants": list(variants),
        "grade": "subject-independent",
        "grade_meaning": "nobody is on both sides",
        "fold_grades": dict.fromkeys(("a", "b"), more.get("grade", "subject-independent")),
        "n_windows": 16,
        "n_labels": 16,
        "labels": LABELS,
        "modalities": ["eeg", "ppg"],
        "notes": [],
        "is_simulated": False,
        "transductive": [],
        "mixes_samples": [],
        "windows_from": WindowOrigin(cache=False, key=None),
        "data_hash": "a",
        "split_hash": "s",
    }
    return StudyManifest(**{**values, **more})


def manifest(*studies: StudyManifest, name: str = "hand", seeds: Sequence[int] = (0,), **more: Any) -> Manifest:
    """Return the manifest of a run whose recipe has variants, given as patches, and references."""
    recipe = {"references": {"uniform": {"use": "uniform"}, "mean": {"use": "mean"}}, **more}
    base = {key: value for key, value in recipe.items() if key not in ("variants", "device")}
    patches = recipe.get("variants") or {"main": {}}
    names = [variant for study in studies for variant in study.variants]
    return Manifest(
        name=name,
        recipe_hash="0" * 64,
        seeds=list(seeds),
        device="cpu",
        python="3.11.7",
        platform="Linux x86_64",
        hardware="chip",
        threads=1,
        packages={"torch": "2.1", "numpy": "2.0"},
        imported_code={},
        framework_hash="f" * 64,
        components={},
        variants={
            variant: _variant(variant, base, patches) for variant in [*(n for n in names if n not in patches), *patches]
        },
        studies=list(studies),
    )


def finish(run: Path, *studies: StudyManifest, name: str = "hand", **recipe: Any) -> Path:
    """Write the manifest and the recipe of a run, and the costs of its jobs."""
    run.mkdir(parents=True, exist_ok=True)
    references = {"references": {"uniform": {"use": "uniform"}, "mean": {"use": "mean"}}}
    seeds = sorted({int(folder.name) for folder in run.glob("jobs/*/*")}) or [0]
    write_manifest(run, manifest(*studies, name=name, seeds=seeds, **recipe))
    (run / "recipe.yaml").write_text(yaml.safe_dump({**references, **recipe}, sort_keys=False))
    for file in run.glob("jobs/*/*/*/predictions.npz"):
        end_job(file.parent)
    return run


def end_job(folder: Path, seconds: float = 1.0) -> None:
    """Write the cost of a job, which it writes last."""
    if not (folder / "cost.json").exists():
        (folder / "cost.json").write_text(json.dumps({"seconds": seconds}))


def _variant(name: str, base: Mapping[str, Any], patches: Mapping[str, Any]) -> VariantManifest:
    is_baseline = name not in patches or name in base.get("references", {})
    recipe = {"estimator": {"use": name}} if is_baseline else _patched(base, patches[name] or {})
    return VariantManifest(recipe=recipe, is_network="estimator" not in recipe, is_baseline=is_baseline)


def _patched(base: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    if patch.get("use", base.get("use")) != base.get("use"):
        return dict(patch)
    merged = dict(base)
    for key, value in patch.items():
        old = base.get(key)
        merged[key] = _patched(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return {key: value for key, value in merged.items() if value is not None}


def truth(n: int, of: int = 0) -> np.ndarray:
    """Two distributions of each of n subjects."""
    return np.random.default_rng(of).dirichlet(np.full(3, 5.0), 2 * n)


def near(D: np.ndarray, share: Sequence[float]) -> np.ndarray:
    """The truth with each subject's share of the uniform distribution mixed in: more of it is worse by every metric."""
    mixed = np.repeat(np.array(share), 2)[:, None]
    return (1 - mixed) * D + mixed / 3


def predict(run: Path, variant: str, D: np.ndarray, D_pred: np.ndarray, seed: int = 0, **more: Any) -> None:
    """Store a variant's predictions: two rows a subject, two folds."""
    subject = np.repeat([f"s{number:02}" for number in range(len(D) // 2)], 2)
    row = np.arange(len(D))
    columns = {"D": D, "D_pred": D_pred, "weight": np.ones(len(D)), "row": row, "subject": subject, "trial": subject}
    for fold, side in (("a", subject < "s03"), ("b", subject >= "s03")):
        folder = run / "jobs" / variant / str(seed) / fold
        folder.mkdir(parents=True, exist_ok=True)
        np.savez(folder / "predictions.npz", **{name: values[side] for name, values in {**columns, **more}.items()})
        end_job(folder)
