"""Shared directions of two streams, learnt from people without ratings."""

from dataclasses import replace

import numpy as np
import pytest

from mpcl_core.evaluation.metrics import window_scores
from mpcl_core.interfaces.data import Modality, WindowSet
from mpcl_plugins.estimators._canonical import CanonicalDirections
from mpcl_plugins.estimators.canonical_ridge import CanonicalRidge
from mpcl_plugins.estimators.ridge import Ridge

FIRST, SECOND = ("pulse",), ("face",)


def study(subjects: int = 80, trials: int = 6, seed: int = 0) -> WindowSet:
    """Return trials whose streams share one direction, which is rated, and have louder ones of their own."""
    rng = np.random.default_rng(seed)
    n = subjects * trials
    felt = rng.standard_normal(n)
    tables = {}
    for name, width in (("pulse", 6), ("face", 8)):
        loadings = np.random.default_rng(width).standard_normal((5, width)) / np.sqrt(width)
        private = 2.0 * rng.standard_normal((n, 4))
        values = np.column_stack([felt, private]) @ loadings + 0.2 * rng.standard_normal((n, width))
        tables[name] = values[:, None].astype(np.float32)
    logits = np.stack([0.5 * felt, -0.5 * felt, 0.1 * rng.standard_normal(n)], axis=1)
    D = np.exp(logits)
    return WindowSet(
        tuple(Modality(name, 1, values.shape[2]) for name, values in tables.items()),
        tables,
        {name: np.ones(n, bool) for name in tables},
        D / D.sum(1, keepdims=True),
        ("x", "y", "z"),
        subject=np.array([f"s{i}" for i in range(subjects)]).repeat(trials),
        trial=np.tile([f"t{i}" for i in range(trials)], subjects),
    )


def kl(model: CanonicalRidge | Ridge, test: WindowSet) -> float:
    return float(window_scores(test.D, model.predict(test)).by_metric["kl_divergence"].mean())


def split() -> tuple[WindowSet, WindowSet, WindowSet]:
    """Return three rated people, all signals without ratings, and twenty people to test."""
    windows = study()
    rated, test = windows.take(np.arange(18)), windows.take(np.arange(360, 480))
    signals = windows.take(np.arange(360))
    return rated, replace(signals, D=np.full_like(signals.D, np.nan)), test


def test_signals_of_unrated_people_help_and_destroyed_pairs_do_not() -> None:
    rated, signals, test = split()
    scores = {}
    for pairing in ("own", "destroyed"):
        model = CanonicalRidge(first=FIRST, second=SECOND, pairing=pairing)  # type: ignore[arg-type]
        model.observe_signals(signals)
        scores[pairing] = kl(model.fit(rated), test)
    alone = kl(CanonicalRidge(first=FIRST, second=SECOND).fit(rated), test)
    ridge = kl(Ridge(space="log_ratio").fit(rated), test)
    assert scores["own"] < min(alone, ridge, scores["destroyed"])


def test_directions_are_those_of_the_shared_signal() -> None:
    windows = study()
    tables = [windows.X[name][:, 0].astype(np.float64) for name in ("pulse", "face")]
    directions = CanonicalDirections.of(*tables, shrinkage=0.01)
    assert directions.correlations[0] > 0.5
    assert directions.correlations[1] < 0.3
    assert np.all(np.diff(directions.correlations) <= 0)
    features = directions.features(*(table - table.mean(0) for table in tables))
    assert features.shape == (480, 12)
    assert abs(np.corrcoef(features[:, 0], features[:, 6])[0, 1]) > 0.5


def test_absent_stream_enters_as_the_mean() -> None:
    rated, _, test = split()
    model = CanonicalRidge(first=FIRST, second=SECOND, alphas=(0.1,)).fit(rated)
    nothing = replace(test, X={k: 0 * v for k, v in test.X.items()}, present={k: ~v for k, v in test.present.items()})
    mean = np.average(rated.D, axis=0, weights=rated.weight)
    assert model.predict(nothing) == pytest.approx(np.tile(mean, (len(test), 1)), abs=1e-9)


@pytest.mark.parametrize(("first", "second"), [((), ("face",)), (("face",), ("face",))])
def test_streams_are_checked(first: tuple[str, ...], second: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="must each name modalities"):
        CanonicalRidge(first=first, second=second)
