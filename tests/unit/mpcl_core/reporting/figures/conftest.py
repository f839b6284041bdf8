"""Share a run with predictions and diagnostics, and the text of figures that are not written to a file."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from mpcl_core.evaluation.run import Run
from support.drawn_runs import NETWORK, UNIFORM, D, finish, predict, study


@pytest.fixture(scope="session")
def small_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Return a run of two baselines and a network with two seeds, whose first job stored what an objective read."""
    folder, rng = tmp_path_factory.mktemp("run"), np.random.default_rng(0)
    predict(folder, "uniform", UNIFORM)
    predict(folder, "mean", np.tile(D.mean(0), (12, 1)))
    predict(folder, "net", 0.8 * D + 0.2 * UNIFORM)
    predict(folder, "net", 0.6 * D + 0.4 * UNIFORM, seed=1)
    diagnostics: dict[str, Any] = {
        "index": np.array([0, 1, 3, 4, 5]),
        "objectives.pcl.body.attention": rng.dirichlet(np.ones(6), 10),
        "objectives.pcl.face.attention": rng.dirichlet(np.ones(5), 10),
        "objectives.other.body.attention": rng.dirichlet(np.ones(6), 7),
    }
    np.savez(folder / "jobs" / "net" / "0" / "f0" / "diagnostics.npz", **diagnostics)
    return Run(finish(folder, {**NETWORK, "variants": {"net": {}}}, study("uniform", "mean", "net")))


@pytest.fixture(scope="session")
def text_of() -> Callable[[Figure], str]:
    """Return what reads all text of a figure, on one line."""

    def read(figure: Figure) -> str:
        return " ".join(" ".join(text.get_text() for text in figure.findobj(Text)).split())

    return read
