"""Shrinkage by levels of a hierarchy: projections, the choice, and the random control."""

from dataclasses import replace

import numpy as np
import pytest

from mpcl_core.interfaces.data import Modality, Valence, WindowSet
from mpcl_plugins.estimators.hierarchical_ridge import HierarchicalRidge
from mpcl_plugins.estimators.ridge import Ridge

LABELS = ("joy", "pride", "fear", "grief", "calm")
VALENCE = Valence(("joy", "pride"), ("fear", "grief"))


def study(balance: float = 0.6, seed: int = 0) -> WindowSet:
    """Return trials whose features move the balance of pleasant and unpleasant emotions, and nothing else."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((80, 1, 6)).astype(np.float32)
    logits = 0.4 * rng.standard_normal((80, 5)) + balance * x[:, 0, :1] * np.array([1, 1, -1, -1, 0])
    D = np.exp(logits)
    return WindowSet(
        (Modality("face", 1, 6),),
        {"face": x},
        {"face": np.ones(80, bool)},
        D / D.sum(1, keepdims=True),
        LABELS,
        subject=np.array([f"s{i}" for i in range(8)]).repeat(10),
        trial=np.tile([f"t{i}" for i in range(10)], 8),
        valence=VALENCE,
    )


@pytest.mark.parametrize("split", ["valence", "random"])
def test_equal_penalties_are_the_ridge_of_log_ratios(split: str) -> None:
    windows = study()
    expected = Ridge(alphas=(0.7,), space="log_ratio").fit(windows).predict(windows)
    model = HierarchicalRidge(alphas=(0.7,), split=split).fit(windows)  # type: ignore[arg-type]
    assert model.predict(windows) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("split", ["valence", "random"])
def test_levels_are_orthogonal_projections_that_add_up(split: str) -> None:
    parts = HierarchicalRidge(split=split).parts(study())  # type: ignore[arg-type]
    assert [np.linalg.matrix_rank(part) for part in parts] == [2, 1, 1]
    for i, part in enumerate(parts):
        for j, other in enumerate(parts):
            assert part @ other == pytest.approx(part if i == j else 0 * part, abs=1e-12)
    assert sum(parts) == pytest.approx(np.eye(5) - 0.2)


def test_valence_is_shrunk_less_than_contrasts_that_nothing_moves() -> None:
    balance, pleasant, unpleasant = HierarchicalRidge(alphas=(0.01, 1.0, 100.0)).fit(study()).penalties
    assert balance == 0.01
    assert min(pleasant, unpleasant) > 0.01


def test_random_splits_differ_by_seed_and_are_repeated() -> None:
    first, again, other = (HierarchicalRidge(split="random", seed=seed).parts(study()) for seed in (0, 0, 1))
    assert np.array_equal(first[0], again[0])
    assert not np.array_equal(first[0], other[0])


def test_without_a_valence_all_contrasts_have_one_penalty() -> None:
    (only,) = HierarchicalRidge().parts(replace(study(), valence=None))
    assert only == pytest.approx(np.eye(5) - 0.2)
