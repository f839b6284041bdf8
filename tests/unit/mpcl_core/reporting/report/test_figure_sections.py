"""Figures are embedded in their sections, up to a size; larger ones are drawn again as PNG or only named."""

from pathlib import Path

import pytest

from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.report import figure_sections
from mpcl_core.reporting.report.figure_sections import EmbeddedFigure, embed_figures

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><rect id="a" width="5" height="5"/></svg>'


@pytest.fixture
def run(tmp_path: Path) -> Run:
    (tmp_path / "figures").mkdir()
    return Run(tmp_path)


def add(run: Run, *names: str, size: int = 0) -> None:
    for name in names:
        (run.path / "figures" / f"{name}.svg").write_text(SVG + " " * size)


def test_figures_are_in_the_section_of_their_beginning_in_its_order(run: Run) -> None:
    add(run, "sensitivity", "scores-2", "scores-1", "retrieval-pcl", "attention-body", "unheard")
    found = {section: [figure.name for figure in figures] for section, figures in embed_figures(run).items() if figures}
    assert found == {
        "variants": ["scores-1", "scores-2", "sensitivity"],
        "retrieval": ["retrieval-pcl", "attention-body"],
        "other": ["unheard"],
    }


def test_ids_of_two_figures_differ(run: Run) -> None:
    add(run, "scores", "people")
    people, scores = (embed_figures(run)[section][0] for section in ("people", "variants"))
    assert 'id="f1-a"' in people.svg
    assert 'id="f2-a"' in scores.svg


def test_large_figure_that_no_family_draws_is_only_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figure_sections, "MAX_SVG_SIZE", len(SVG) + 10)
    add(run, "unheard", size=100)
    assert embed_figures(run)["other"] == [EmbeddedFigure("unheard")]


def test_figures_beyond_the_total_size_are_only_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    add(run, "people")
    (alone,) = embed_figures(run)["people"]
    monkeypatch.setattr(figure_sections, "MAX_TOTAL_SIZE", len(alone.svg) + 10)
    add(run, "scores")
    found = embed_figures(run)
    assert found["people"][0].svg
    assert found["variants"] == [EmbeddedFigure("scores")]


def test_label_has_words() -> None:
    assert EmbeddedFigure("critical_difference-1").label == "critical difference 1"


def test_run_without_figures_has_empty_sections(tmp_path: Path) -> None:
    assert not any(embed_figures(Run(tmp_path)).values())
