"""Jobs of a study, to be tried in ways that should change nothing about a fold.

The same job is run alone, again, after another fold's, with other labels in its test rows, and with half of its test
rows. What came out is judged in `judged`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float64

from mpcl_core.audit.scaled_neighbours import nearest_scaled
from mpcl_core.audit.traced_job import Step
from mpcl_core.audit.variant_components import components
from mpcl_core.audit.window_groups import Kept, fitting, kept
from mpcl_core.data.plan import Study
from mpcl_core.interfaces.components import Component
from mpcl_core.interfaces.data import Fold, WindowSet
from mpcl_core.spec.variant import VariantSpec
from mpcl_core.toolkit.window_features import window_features

MOST = 300
"""About how many rows a tried job has."""

EPOCHS = 2


@dataclass(frozen=True)
class Probe:
    """What is tried of a study.

    Args:
        study: which.
        variants: whose jobs are run; together they have every component of the study.
        rows: the rows that are used.
        fold: the fold that is looked at.
        other: the job that runs before it: the number of its fold, and its seed.
        seed: of the job that is looked at.
    """

    study: Study
    variants: tuple[str, ...]
    rows: Kept
    fold: Fold
    other: tuple[int, int]
    seed: int

    def steps(self) -> dict[str, list[Step]]:
        """Rehearsal -> its jobs."""
        windows, fold = self.rows.part(self.fold)
        mean, near = _mean_labels(windows, fold), _near_labels(windows, fold)
        half = replace(fold, test=fold.test[::2])
        number, seed = self.other
        before = self.rows.part(self.study.folds[number])
        this = [Step(name, self.seed, 0, windows, fold, EPOCHS, stirred=True) for name in self.variants]
        return {
            "alone": this,
            "again": this,
            "after": [
                step
                for name, last in zip(self.variants, this, strict=True)
                for step in (Step(name, seed, number, *before, EPOCHS, stirred=True), last)
            ],
            "mean labels": [replace(step, windows=mean) for step in this],
            "near labels": [replace(step, windows=near) for step in this],
            "no labels": [replace(step, blind=True) for step in this],
            "half": [
                tried
                for step in this
                for tried in (
                    replace(step, fold=half),
                    replace(step, settled=True),
                    replace(step, fold=half, settled=True),
                )
            ],
        }


def probe(study: Study, specs: Mapping[str, VariantSpec], seed: int) -> Probe:
    """What to try of a study: its first fold, after its second one, or after another seed where there is none."""
    fold, *others = study.folds
    other = (1, seed) if others else (0, seed + 1)
    rows = kept(study.windows, [fold, study.folds[other[0]]], MOST)
    return Probe(study, _covering(study.variants, specs), rows, fold, other, seed)


def _covering(variants: Sequence[str], specs: Mapping[str, VariantSpec]) -> tuple[str, ...]:
    """Variants that together have every component; those of the recipe come before the references."""
    seen: set[tuple[type[Component], str]] = set()
    chosen = []
    for name in sorted(variants, key=lambda name: not specs[name].baselines):
        if new := components(specs[name]) - seen:
            seen |= new
            chosen.append(name)
    return tuple(chosen)


def _mean_labels(windows: WindowSet, fold: Fold) -> WindowSet:
    """Each test row has the mean label of the fitting rows: whoever chooses by it chooses the smoothest model."""
    mean = windows.D[fitting(fold)].mean(0, keepdims=True)
    return _with_labels(windows, fold, np.repeat(mean, len(fold.test), axis=0))


def _near_labels(windows: WindowSet, fold: Fold) -> WindowSet:
    """Each test row has the label of the nearest fitting row: whoever chooses by it chooses the sharpest model."""
    known = fitting(fold)
    both = window_features(windows)
    return _with_labels(windows, fold, windows.D[known[nearest_scaled(both[known], both[fold.test], 1)[:, 0]]])


def _with_labels(windows: WindowSet, fold: Fold, D: Float64[np.ndarray, "T k"]) -> WindowSet:
    changed = windows.D.copy()
    changed[fold.test] = D
    return replace(windows, D=changed)
