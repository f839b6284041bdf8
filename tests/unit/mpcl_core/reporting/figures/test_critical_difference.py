"""Ranks and the bars that join variants are drawn, for each group that has enough variants and subjects."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from matplotlib.figure import Figure

from mpcl_core.evaluation.compare import Comparison, compare
from mpcl_core.reporting.figures.critical_difference import build_figures
from support.ablation_run import ablation


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    (found,) = compare([ablation(tmp_path_factory.mktemp("runs") / "run")])
    return found


def build(*comparisons: Any) -> dict[str, Figure]:
    return dict(build_figures(SimpleNamespace(name="study", comparisons=comparisons)))  # type: ignore[arg-type]


def texts(figure: Figure) -> str:
    return "\n".join(text.get_text() for text in figure.findobj() if hasattr(text, "get_text"))


def test_every_variant_stands_with_its_average_rank(result: Comparison) -> None:
    (figure,) = build(result).values()
    ranks = result.ranks
    assert ranks is not None
    found = texts(figure)
    for name, rank in zip(ranks.variants, ranks.average, strict=True):
        assert f"{name}  {rank:.2f}" in found or f"{rank:.2f}  {name}" in found
    assert f"critical difference {ranks.critical:.2f}" in found
    assert "Bars join variants without a significant difference" in found.replace("\n", " ")


def test_one_bar_joins_all_where_no_difference_is_found(result: Comparison) -> None:
    assert result.ranks is not None
    (figure,) = build(replace(result, ranks=replace(result.ranks, p=0.5))).values()
    assert "The Friedman test finds no difference" in texts(figure).replace("\n", " ")


def test_groups_are_numbered_and_those_without_ranks_have_no_figure(result: Comparison) -> None:
    assert list(build(result, replace(result, ranks=None))) == ["critical_difference"]
    assert list(build(result, result)) == ["critical_difference-1", "critical_difference-2"]
    assert build(replace(result, ranks=None)) == {}
