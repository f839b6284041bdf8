"""Trials as rows: means of windows, weights, absent modalities, and what cannot be pooled."""

from dataclasses import replace

import numpy as np
import pytest

from mpcl_core import testing
from mpcl_core.data.pooling import median_seconds, pool_windows, pooled
from mpcl_core.data.truth import without_labels
from mpcl_core.evaluation.metrics import subject_scores, window_scores
from mpcl_core.interfaces.data import Modality, WindowSet
from mpcl_core.interfaces.errors import DataError
from mpcl_core.spec.pool import PoolSettings


def study() -> WindowSet:
    """Return a study whose modalities are tables, in an order in which trials are interleaved."""
    windows = testing.study()
    modalities = tuple(replace(modality, sfreq=None) for modality in windows.modalities)
    order = np.random.default_rng(0).permutation(len(windows))
    weight = np.random.default_rng(1).random(len(windows)) + 0.5
    return replace(windows, modalities=modalities, weight=weight).take(order)


def test_a_trial_holds_the_mean_of_its_windows_that_have_the_modality() -> None:
    windows = study()
    rows = pool_windows(windows)
    rows.windows.validate()
    for row in range(len(rows.windows)):
        own = np.flatnonzero(rows.trial == row)
        assert len(set(zip(windows.subject[own], windows.trial[own], strict=True))) == 1
        assert rows.windows.subject[row] == windows.subject[own[0]]
        assert rows.windows.condition[row] == windows.condition[own[0]]
        for name, values in windows.X.items():
            has = own[windows.present[name][own]]
            assert rows.windows.present[name][row] == bool(len(has))
            mean = values[has].mean(0) if len(has) else np.zeros(values.shape[1:])
            assert rows.windows.X[name][row] == pytest.approx(mean, abs=1e-5)
        assert rows.windows.D[row] == pytest.approx(np.average(windows.D[own], axis=0, weights=windows.weight[own]))
    assert len(set(zip(windows.subject, windows.trial, strict=True))) == len(rows.windows)


def test_a_predictor_that_is_constant_in_a_trial_scores_trials_as_it_scores_windows() -> None:
    windows = study()
    windows.D = pool_windows(windows).windows.D[pool_windows(windows).trial]  # one label for each trial
    rows = pool_windows(windows)
    mean = np.average(rows.windows.D, axis=0, weights=rows.windows.weight)
    assert mean == pytest.approx(np.average(windows.D, axis=0, weights=windows.weight))
    assert rows.windows.weight.mean() == pytest.approx(windows.weight.mean())
    scores = [
        subject_scores(window_scores(w.D, np.tile(mean, (len(w), 1))).by_metric, w.subject, w.weight)
        for w in (windows, rows.windows)
    ]
    for metric, values in scores[0].scores.items():
        assert scores[1].scores[metric] == pytest.approx(values)


def test_trials_of_test_windows_have_no_label() -> None:
    rows = pool_windows(without_labels(study()))
    assert np.isnan(rows.windows.D).all()


def test_trials_of_weight_zero_keep_their_label() -> None:
    windows = replace(study(), weight=np.zeros(len(study())))
    rows = pool_windows(windows)
    assert not rows.windows.weight.any()
    assert rows.windows.D.sum(1) == pytest.approx(1)


def test_median_length_of_trials_needs_times() -> None:
    trial, times = np.array(["1", "1", "2"]), np.array([0.0, 4.0, 10.0])
    windows = replace(study().take(np.arange(3)), subject=trial, trial=trial, t_start=times, t_stop=times + 2)
    assert median_seconds(windows) == 4.0
    assert median_seconds(replace(windows, t_start=times * np.nan, t_stop=times * np.nan)) is None


def test_nothing_is_pooled_without_settings() -> None:
    windows = study()
    rows = pooled(windows, None)
    assert rows.windows is windows
    np.testing.assert_array_equal(windows.weight[rows.trial], windows.weight)
    assert len(pooled(windows, PoolSettings(unit="trial")).windows) < len(windows)


def test_signals_and_windows_without_a_trial_are_refused() -> None:
    windows = study()
    with pytest.raises(DataError, match="this is a signal"):
        pool_windows(replace(windows, modalities=(*windows.modalities[:-1], Modality("gsr", 1, 8, sfreq=4.0))))
    with pytest.raises(DataError, match="'pool' needs a trial"):
        pool_windows(replace(windows, trial=np.full(len(windows), "")))
