"""Predictions are drawn with a panel for each emotion, recordings one after the other."""

from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.reporting.prediction_figure import Trace, build_figure, write_prediction_figure


def trace(name: str, n: int) -> Trace:
    D_pred = np.tile([0.2, 0.5, 0.3], (n, 1))
    return Trace(name, np.arange(n) * 2.0, D_pred, D_pred - 0.1, D_pred + 0.1)


def test_figure_names_emotions_and_recordings_and_is_the_same_again(tmp_path: Path) -> None:
    files = [tmp_path / "a.svg", tmp_path / "new" / "b.svg"]
    for file in files:
        write_prediction_figure(file, [trace("s1 a", 5), trace("s1 b", 1)], ("joy", "fear", "calm"), "Bands: 90%.")
    text = files[0].read_text()
    assert all(f">{word}<" in text for word in ("joy", "fear", "calm", "s1 a", "s1 b", "Bands: 90%."))
    assert text == files[1].read_text()


def test_other_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"figures are \.svg, \.png, \.pdf"):
        write_prediction_figure(tmp_path / "a.txt", [trace("a", 2)], ("joy", "fear", "calm"), "")


def test_panels_show_the_whole_of_every_emotion() -> None:
    figure = build_figure([trace("s1", 5)], ("joy", "fear", "calm"), "")
    bottom, top = figure.axes[0].get_ylim()
    assert bottom == 0
    assert all(axes.get_ylim() == (bottom, top) for axes in figure.axes)
    assert top >= 0.6  # the highest bar, of the second panel


def test_many_recordings_are_not_separated_by_lines() -> None:
    def lines(n: int) -> int:
        return len(build_figure([trace(f"s{i}", 2) for i in range(n)], ("joy", "fear", "calm"), "").axes[0].lines)

    assert lines(20) == 20 + 19
    assert lines(21) == 21


@pytest.mark.parametrize(
    ("n", "unit", "last"), [(60, "seconds", 118.0), (600, "minutes", 1198 / 60), (43200, "hours", 86398 / 3600)]
)
def test_time_has_a_unit_that_is_easy_to_read(n: int, unit: str, last: float) -> None:
    axes = build_figure([trace("s1", n)], ("joy", "fear", "calm"), "").axes[0]
    assert axes.get_xlabel() == unit
    assert axes.lines[0].get_xdata()[-1] == pytest.approx(last)
