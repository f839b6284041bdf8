"""List the models in a folder."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from math import nan
from pathlib import Path
from typing import Any

from mpcl_core.app.running.run_list import require_folder
from mpcl_core.evaluation.metrics import KL
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.model.load import read_description
from mpcl_core.runs.layout import MODEL_DESCRIPTION

COLUMNS = ("model", "variant", "kind", "emotions", "modalities", "people", "radius", "coverage", "kl", "grade", "notes")


@dataclass(frozen=True)
class ModelOverview:
    """Hold a model in one line.

    Args:
        path: its folder.
        variant, kind: its variant, and whether it is a network or an estimator.
        labels, modalities: its emotions, and the modalities that it takes.
        people: how many people it was trained on.
        radius: of its error bars; NaN where it has none.
        coverage: the reached coverage in the run that evaluated it; NaN where none did.
        kl: mean KL over people in that run; NaN where none did.
        grade: what these numbers may claim.
        notes: an ensemble, a calibration, the fold of a run.
        fault: why the model cannot be read; empty where it can.
    """

    path: Path
    variant: str = ""
    kind: str = ""
    labels: tuple[str, ...] = ()
    modalities: tuple[str, ...] = ()
    people: int = 0
    radius: float = nan
    coverage: float = nan
    kl: float = nan
    grade: str = ""
    notes: tuple[str, ...] = ()
    fault: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the fields as plain values.

        Returns:
            Field -> value; null for what does not exist.
        """
        plain = {**asdict(self), "path": str(self.path)}
        return {name: None if isinstance(value, float) and value != value else value for name, value in plain.items()}

    def cells(self, folder: Path) -> list[str]:
        """Return the cells of a table.

        Args:
            folder: the folder that is listed.

        Returns:
            One cell for each of `COLUMNS`.
        """
        name = str(self.path.relative_to(folder)) if self.path != folder else self.path.name
        numbers = ["" if value != value else f"{value:z.4f}" for value in (self.radius, self.coverage, self.kl)]
        counts = [str(len(self.labels)), ", ".join(self.modalities), str(self.people or "")]
        return [name, self.variant, self.kind, *counts, *numbers, self.grade, "; ".join(self.notes)]


def list_models(folder: Path) -> list[ModelOverview]:
    """Describe the models in a folder, by their names.

    Args:
        folder: the folder; models may lie at any depth below it.

    Returns:
        The overviews: models of the same emotions beside each other, the best KL first.

    Raises:
        UsageError: there is no such folder, or it holds no model.
    """
    require_folder(folder, "models", "mpcl models DIR")
    models = [_overview(path) for path in _find(folder)]
    if not models:
        raise UsageError(f"{folder} holds no model")
    return sorted(models, key=lambda found: (found.labels, found.kl != found.kl, found.kl, str(found.path)))


def _find(folder: Path) -> Iterator[Path]:
    return (file.parent for file in sorted(folder.rglob(MODEL_DESCRIPTION)))


def _overview(path: Path) -> ModelOverview:
    try:
        model = read_description(path)
    except UsageError as error:
        return ModelOverview(path, fault=str(error).partition("\n")[0])
    found, bars = model.evaluation, model.error_bars
    notes = [f"{model.members} networks"] if model.members > 1 else []
    notes += [f"calibrated to {model.calibration.subject}"] if model.calibration else []
    notes += [f"of the fold {model.trained_on.fold}"] if model.trained_on.fold else []
    return ModelOverview(
        path,
        model.name,
        model.kind,
        model.labels,
        tuple(modality.name for modality in model.inputs),
        model.trained_on.subjects,
        nan if bars.radius is None else bars.radius,
        nan if found is None or found.coverage is None else found.coverage,
        nan if found is None else found.scores.get(KL, nan),
        "" if found is None else found.grade,
        tuple(notes),
    )
