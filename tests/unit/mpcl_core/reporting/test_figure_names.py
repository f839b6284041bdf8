"""A figure is numbered where a run has several studies."""

from types import SimpleNamespace
from typing import Any

import pytest

from mpcl_core.reporting.figure_names import name_figure


@pytest.mark.parametrize(("studies", "name"), [(1, "scores"), (2, "scores-2"), (3, "scores-2")])
def test_only_figures_of_several_studies_are_numbered(studies: int, name: str) -> None:
    run: Any = SimpleNamespace(studies=[None] * studies)
    assert name_figure("scores", run, 2) == name
