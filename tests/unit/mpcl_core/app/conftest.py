"""Fit a model of a small study once for all tests of the use cases."""

from pathlib import Path

import pytest

import mpcl_core
from support.fitted_study import RECIPE, SETS


@pytest.fixture(scope="session")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a run of the small study, ``run``, and a model that it evaluated, ``model``."""
    folder = tmp_path_factory.mktemp("fit")
    mpcl_core.run(RECIPE, sets=SETS, out=folder / "run", jobs=1, figures=False, on_message=None)
    mpcl_core.fit(RECIPE, folder / "model", sets=SETS, evaluated_by=folder / "run", on_message=None)
    return folder
