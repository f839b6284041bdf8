"""Reached coverage of models that are calibrated to a person: python benchmarks/calibrated_coverage.py [RECIPE].

Trains on 60 people of the simulator as ``mpcl fit`` does, calibrates the model to each of 60 others with some of their
trials, and counts on their remaining trials how often the truth lies within the stated radius, before and after.
"""

import argparse
from dataclasses import replace

import numpy as np

from mpcl_core.app.inspection.checking import variant_specs
from mpcl_core.data.prepare import prepare
from mpcl_core.evaluation.error_bars import total_variation
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.model.description import ModelDescription, TrainedOn
from mpcl_core.model.fit import fit_members
from mpcl_core.model.model import Model
from mpcl_core.recipe.load import load

SETS = ("source.subjects=120", "source.trials=10", "source.seconds=12", "dim=16", "train.epochs=10")


def fitted(recipe: str, variant: str | None, n: int) -> tuple[Model, WindowSet]:
    """Fit a model on the first n people; returns it with the windows of the others."""
    specs = variant_specs(load(recipe, SETS))
    first = next(iter(specs.values()))
    spec = specs.get(variant or first.name) or replace(first, model=first.baselines[variant or ""])
    windows = prepare(spec.source.build(), [block.build() for block in spec.prepare])
    people = np.unique(windows.subject)
    is_known = np.isin(windows.subject, people[:n])
    own = windows.take(np.flatnonzero(is_known))
    found = fit_members(spec, own, [0], "cpu", lambda *_: None)
    (member,) = found.members
    spec = spec if member.transforms else replace(spec, transforms=())
    kind = "network" if hasattr(member.trained, "learner") else "estimator"
    description = ModelDescription(
        name=spec.name,
        kind=kind,
        recipe={},
        inputs=own.modalities,
        modalities=own.modalities,
        labels=own.labels,
        valence=own.valence,
        epochs=None,
        seed=0,
        trained_on=TrainedOn(windows=len(own), subjects=n),
        error_bars=found.error_bars,
        versions={},
    )
    return Model(description, spec, member.transforms, member.trained), windows.take(np.flatnonzero(~is_known))


def reached(model: Model, windows: WindowSet, is_tested: np.ndarray) -> float:
    """Return the share of windows within the radius of the model."""
    D_pred = model.distributions(windows)[is_tested]
    return float((total_variation(windows.D[is_tested], D_pred) <= (model.description.error_bars.radius or 0)).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipe", nargs="?", default="described")
    parser.add_argument("--variant", help="a variant or a baseline")
    arguments = parser.parse_args()
    model, others = fitted(arguments.recipe, arguments.variant, 60)
    print("| rated trials | people | radius before | after | reached before | after |\n|---|---|---|---|---|---|")
    for n in (1, 2, 4, 6):
        rows = []
        for name in np.unique(others.subject):
            own = others.take(np.flatnonzero(others.subject == name))
            rated = np.random.default_rng(n).permutation(np.unique(own.trial))[:n]
            is_rated = np.isin(own.trial, rated)
            calibrated = model.calibrate(own.take(np.flatnonzero(is_rated)))
            rows.append((reached(model, own, ~is_rated), reached(calibrated, own, ~is_rated)))
        before, after = np.mean(rows, axis=0)
        bars = calibrated.description.error_bars
        print(
            f"| {n} | {bars.people} | {model.description.error_bars.radius:.3f} | {bars.radius:.3f} "
            f"| {before:.3f} | {after:.3f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
