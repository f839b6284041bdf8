"""The data stage of a recipe (its rows, folds and grades) from the cache, against the first time.

Aim: <= 0.05 of the first run's time on EmoPairCompete's features. The first run starts with an empty cache in each
round: it hashes the source's files, prepares the rows, and keeps them. Libraries are imported already in both. Raw
windows are the hard case: they cost little to cut, and each of their bytes is compared with its hash when it is read.
Run: python benchmarks/cache.py FOLDER, with EmoPairCompete's signals.npz and responses.csv in it
"""

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from mpcl_core.app.inspection.checking import check
from mpcl_core.data.cache.prepared_windows import WindowCache
from mpcl_core.data.plan import load_studies
from mpcl_core.recipe.load import load
from mpcl_core.spec.variant import VariantSpec
from pairs import Ratio, ratio

RECIPE = Path(__file__).resolve().parents[1] / "mpcl_core" / "recipes" / "described-emopair.yaml"
RAW = ["estimator.use=mean", "prepare=[{use: window, length: 4.0, hop: 2.0}]"]
CACHE = WindowCache("benchmark", print)


def stage(spec: VariantSpec) -> None:
    load_studies({"main": spec}, CACHE)


def rows(spec: VariantSpec) -> None:
    CACHE.load(spec.source, spec.prepare)


def again_over_first(what: Callable[[VariantSpec], None], *sets: str) -> Ratio:
    recipe = load(RECIPE, [f"source.path={sys.argv[1]}", *sets])
    spec = check(recipe).specs["main"]
    with tempfile.TemporaryDirectory() as kept:

        def again() -> None:
            os.environ["MPCL_CACHE"] = kept
            what(spec)

        def first() -> None:
            with tempfile.TemporaryDirectory() as folder:
                os.environ["MPCL_CACHE"] = folder
                what(spec)

        return ratio(again, first)


if __name__ == "__main__":
    print(f"data stage, features (aim 0.05): {again_over_first(stage)}")
    print(f"rows alone, features:            {again_over_first(rows)}")
    print(f"rows alone, raw windows, 55 MB:  {again_over_first(rows, *RAW)}")
