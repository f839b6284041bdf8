"""The attention of a fusion, and its entropy relative to that of even attention."""

from pathlib import Path

import numpy as np

from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.figures.attention import build_figures, relative_entropy
from support.drawn_runs import NETWORK, UNIFORM, finish, predict, study


def test_first_variant_with_attention_is_drawn_with_its_gate(tmp_path: Path) -> None:
    for variant in ("plain", "reading"):
        predict(tmp_path, variant, UNIFORM)
    attention = np.random.default_rng(0).dirichlet(np.ones(4), (2, 3, 5)).astype(np.float32)
    found = {"streams.body.fusion.attention.ppg": attention, "streams.body.fusion.gate": np.array(0.125)}
    for variant, arrays in (("plain", {}), ("reading", found)):
        np.savez(tmp_path / "jobs" / variant / "0" / "f0" / "diagnostics.npz", index=np.array([0, 3]), **arrays)
    finish(tmp_path, {**NETWORK, "variants": {"plain": {}, "reading": {}}}, study("plain", "reading"))
    ((name, figure),) = build_figures(Run(tmp_path))
    caption = " ".join(figure.get_supxlabel().split())
    assert name == "attention-body"
    assert "2 test windows of reading, seed 0, fold f0" in caption
    assert caption.startswith("Attention of the tokens of eeg")
    assert caption.endswith("multiplied by 0.12 (the gate).")


def test_relative_entropy_is_one_for_uniform_and_zero_for_single_attention() -> None:
    even, single = np.full(4, 0.25), np.array([0, 1.0, 0, 0])
    half = np.array([0.25, 0.25, 0, 0])  # the rest goes to another modality
    attention = np.broadcast_to(np.stack([even, single, half])[:, None], (5, 3, 2, 4))
    np.testing.assert_allclose(relative_entropy(attention), [1, 0, 0.5], atol=1e-12)
    absent = attention.copy()
    absent[0] = 0
    np.testing.assert_allclose(relative_entropy(absent), [1, 0, 0.5], atol=1e-12)
    assert np.isnan(relative_entropy(attention[..., :1])).all()
    assert np.isnan(relative_entropy(np.zeros((5, 3, 2, 4)))).all()
