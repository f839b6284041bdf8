"""A figure of predictions states what its bands mean, or why there are none."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from mpcl_core.app.prediction.drawing import draw_predictions
from mpcl_core.evaluation.error_bars import ErrorBars
from mpcl_core.model.table import Predictions
from support.ridge_study import LABELS, study


def test_windows_of_a_recording_are_drawn_in_order_of_time(tmp_path: Path) -> None:
    windows = study(2, 2).with_signals({"a": np.zeros((4, 1, 4), np.float32), "b": np.zeros((4, 2, 3), np.float32)})
    found = Predictions(windows, windows.D, LABELS)
    draw_predictions(found, tmp_path / "none.svg")
    assert "No error bars." in (tmp_path / "none.svg").read_text()
    bars = ErrorBars(people=12, radius=0.1, half_widths=(0.1,) * 3, reason="")
    draw_predictions(replace(found, error_bars=bars), tmp_path / "bars.svg")
    assert "They rest on 12 held-out people." in (tmp_path / "bars.svg").read_text()
