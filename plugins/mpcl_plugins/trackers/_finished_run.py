"""Read from a run folder and its results what trackers send when a run ends."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

MANIFEST = "lock.json"


def score_metrics(results: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Return the means over people, with the ends of their 95 % intervals.

    Args:
        results: what the hook ``mpcl_run_ended`` receives.

    Returns:
        ``VARIANT/METRIC``, ``VARIANT/METRIC/low`` and ``VARIANT/METRIC/high`` -> value. Ends that do not exist, with
        fewer than three people, are left out.

    Example:
        >>> row = {"variant": "mean", "metric": "kl_divergence", "mean": 0.5, "low": 0.25, "high": None}
        >>> score_metrics([{"rows": [row]}])
        {'mean/kl_divergence': 0.5, 'mean/kl_divergence/low': 0.25}
    """
    found: dict[str, float | None] = {}
    for row in (row for result in results for row in result["rows"]):
        name = f"{row['variant']}/{row['metric']}"
        found |= {name: row["mean"], f"{name}/low": row["low"], f"{name}/high": row["high"]}
    return {name: float(value) for name, value in found.items() if value is not None}


def grades(results: Sequence[Mapping[str, Any]]) -> str:
    """Return the grades of a run.

    Args:
        results: what the hook ``mpcl_run_ended`` receives.

    Returns:
        The grades, separated by commas.
    """
    return ", ".join(dict.fromkeys(str(result["grade"]) for result in results))


def read_manifest(run: Path) -> dict[str, Any]:
    """Read the run manifest.

    Args:
        run: the run folder.

    Returns:
        Its keys and values.
    """
    manifest: dict[str, Any] = json.loads((run / MANIFEST).read_text(encoding="utf-8"))
    return manifest


def run_files(run: Path) -> dict[Path, str]:
    """List the files of a run that describe it as a whole, and one of its models.

    Args:
        run: the folder of the finished run.

    Returns:
        File -> folder among the artifacts: tables, report, recipe and manifest in none, the figures in ``figures``, and
        in ``model`` the first model of the first variant that is not a baseline.
    """
    found = dict.fromkeys(_visible(run), "") | dict.fromkeys(_visible(run / "figures"), "figures")
    variants = [name for name, each in read_manifest(run)["variants"].items() if not each["is_baseline"]]
    models = (model for name in variants for model in sorted((run / "jobs" / name).glob("*/*/model")))
    model = next(models, None)
    for file in sorted(model.rglob("*")) if model else ():
        if file.is_file():
            found[file] = file.parent.relative_to(model.parent).as_posix()  # type: ignore[union-attr]
    return found


def _visible(folder: Path) -> list[Path]:
    files = folder.iterdir() if folder.is_dir() else ()
    return sorted(file for file in files if file.is_file() and not file.name.startswith("."))
