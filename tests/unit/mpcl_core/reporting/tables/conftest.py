"""Share an ablation and its comparison between the tests of the tables."""

from pathlib import Path

import pytest

from mpcl_core.evaluation.compare import Comparison, compare
from support.ablation_run import ablation


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ablation(tmp_path_factory.mktemp("runs") / "run", is_simulated=True)


@pytest.fixture(scope="session")
def result(run: Path) -> Comparison:
    (found,) = compare([run])
    return found
