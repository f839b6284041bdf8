"""The figure of an explanation has a panel for each part that there is."""

from pathlib import Path

import numpy as np

from mpcl_core.reporting.figures.explanation import build_figure, draw_explanation

LABELS = ("joy", "fear", "anger")
RNG = np.random.default_rng(0)
BY_MODALITY = {"eeg": RNG.normal(0, 0.1, (6, 3)), "gsr": RNG.normal(0, 0.1, (6, 3))}


def test_all_parts_are_drawn(tmp_path: Path) -> None:
    prototypes = {"physiological": RNG.dirichlet(np.ones(6), 6).reshape(6, 3, 2)}
    draw_explanation(LABELS, BY_MODALITY, RNG.normal(0, 0.1, (6, 4, 3)), prototypes, tmp_path / "e.svg")
    text = (tmp_path / "e.svg").read_text()
    for expected in ("What the predictions rest on", "eeg", "anger", "position in the window", "physiological"):
        assert f">{expected}<" in text


def test_model_without_signals_and_memories_has_one_panel() -> None:
    figure = build_figure(LABELS, BY_MODALITY, np.zeros((6, 0, 3)), {})
    assert [axes.get_title("left") for axes in figure.axes] == ["modality", ""]
