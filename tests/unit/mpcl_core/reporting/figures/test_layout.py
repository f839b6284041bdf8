"""Pages, names and heat maps that all figures share."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from mpcl_core.reporting.figures.layout import (
    BAR,
    CAPTION_LINE,
    WIDTH,
    add_colour_bar,
    add_panel_grid,
    draw_heatmap,
    name_axis,
    new_page,
    shorten,
    text_width,
)


def page(simulated: bool = False) -> Any:
    study: Any = SimpleNamespace(grade="leaky", is_simulated=simulated)
    return new_page("Scores", "run · main", study, "What the colours mean. " * 12, 3.0)


def test_page_states_heading_subject_and_grade() -> None:
    figure = page()
    assert figure.get_suptitle() == "Scores\nrun · main · grade: leaky"
    assert figure.get_figwidth() == WIDTH
    assert all(len(line) <= 18 * WIDTH for line in figure.get_supxlabel().splitlines())


@pytest.mark.parametrize("simulated", [True, False])
def test_page_of_simulated_data_is_stamped(simulated: bool) -> None:
    assert ("SIMULATED" in [text.get_text() for text in page(simulated).texts]) is simulated


@pytest.mark.parametrize(
    ("name", "limit", "expected"),
    [("short", 36, "short"), ("x" * 36, 36, "x" * 36), ("abcdefghij", 6, "abc…ij"), ("abcdefghij", 5, "ab…ij")],
)
def test_long_names_keep_both_ends(name: str, limit: int, expected: str) -> None:
    assert shorten(name, limit) == expected
    assert len(shorten("y" * 80, limit)) == limit


def test_panels_come_row_by_row() -> None:
    panels = add_panel_grid(page(), 2, 3, left=0.5, below=0.2)
    assert [len(row) for row in panels] == [3, 3]
    assert panels[0][0].get_position().y0 > panels[1][0].get_position().y0


@pytest.mark.parametrize("name", ["joy", "a name of forty letters, which is too long"])
def test_panels_bar_and_caption_stand_apart_within_the_page(name: str) -> None:
    figure, names = page(), text_width([name])
    gaps = (0.15, 0.3 + names)
    panels = add_panel_grid(figure, 2, 2, left=0.15 + names, right=BAR, below=0.1 + 0.2 * names, gaps=gaps)
    image = draw_heatmap(panels[0][0], np.eye(2), (0.0, 1.0), "viridis")
    add_colour_bar(figure, image, [axes for row in panels for axes in row], "share")
    places = [axes.get_position() for axes in figure.get_axes()]
    caption = (0.05 + CAPTION_LINE * (figure.get_supxlabel().count("\n") + 1)) / figure.get_figheight()
    assert all(place.width > 0 and place.height > 0 and place.y0 > caption for place in places)
    assert panels[0][0].get_position().y0 > panels[1][0].get_position().y1
    assert max(axes.get_position().x1 for axes in panels[0]) < places[-1].x0 < places[-1].x1 < 1


def test_heat_map_has_limits_and_names() -> None:
    ((axes,),) = add_panel_grid(page(), 1, 1, left=0.5, below=0.2)
    image = draw_heatmap(axes, np.array([[0.0, np.nan], [0.5, 1.0]]), (0.0, 2.0), "viridis")
    assert image.get_clim() == (0.0, 2.0)
    name_axis(axes.xaxis, ["a", "b"])
    name_axis(axes.yaxis, ["all"], [0.5])
    assert [label.get_text() for label in axes.get_xticklabels()] == ["a", "b"]
    assert list(axes.get_yticks()) == [0.5]
