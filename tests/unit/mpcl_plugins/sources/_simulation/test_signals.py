"""The simulated signals follow what is felt, through features written by hand."""

from dataclasses import dataclass

import numpy as np
import pytest

from mpcl_plugins.sources.simulated import Simulated
from support.simulated_signals import (
    EXTRACT,
    Column,
    Matrix,
    standard,
    windows,
)

N_FEATURES = {"eeg": 32, "ppg": 2, "gsr": 3, "face": 12}


@dataclass
class Rows:
    """Windows as features; NaN where a modality is absent or drops out."""

    X: Matrix
    D: Matrix
    subject: Column
    trial: Column


def rows(seed: int = 0, snr: float = 1.0) -> Rows:
    X, D, subject, trial = [], [], [], []
    for recording in Simulated(seed=seed, snr=snr).load():
        parts = []
        for name, size in N_FEATURES.items():
            signal = recording.signals.get(name)
            cut = None if signal is None else windows(signal.values.astype(float), signal.sfreq)
            part = np.full((14, size), np.nan)
            if cut is not None:
                complete = ~np.isnan(cut).any((0, 2))
                part[complete] = EXTRACT[name](cut[:, complete])
            parts.append(part)
        X.append(np.concatenate(parts, axis=1))
        D += [recording.D] * 14
        subject += [recording.subject] * 14
        trial += [recording.subject + recording.trial] * 14
    return Rows(np.concatenate(X), np.array(D), np.array(subject), np.array(trial))


def ridge(X: Matrix, D: Matrix, train: Column, shrinkage: float = 0.3) -> Matrix:
    """Predictions for the other rows: the train mean plus a shrunk linear deviation, kept on the simplex."""
    mean, centre = D[train].mean(0), X[train].mean(0)
    A = X[train] - centre
    W = np.linalg.solve(A.T @ A + shrinkage * len(A) * np.eye(A.shape[1]), A.T @ (D[train] - mean))
    D_pred = np.maximum(mean + (X[~train] - centre) @ W, 0.01)
    return np.asarray(D_pred / D_pred.sum(1, keepdims=True))


def kl(D: Matrix, D_pred: Matrix) -> np.ndarray:
    return np.asarray((D * np.log(D / D_pred)).sum(1))


def leave_one_out(data: Rows, X: Matrix, shrinkage: float = 0.3) -> float:
    """KL over that of the train mean, both averaged over held-out people."""
    model, mean = [], []
    for one in np.unique(data.subject):
        train = data.subject != one
        test = data.D[~train]
        model.append(kl(test, ridge(X, data.D, train, shrinkage)).mean())
        mean.append(kl(test, np.tile(data.D[train].mean(0), (len(test), 1))).mean())
    return float(np.mean(model) / np.mean(mean))


SHRINKAGES = (0.1, 0.3, 1.0, 3.0, 10.0)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_with_each_persons_own_scale_the_emotions_are_learnable(seed: int) -> None:
    data = rows(seed)
    assert 0.6 < leave_one_out(data, standard(data.X, data.subject)) < 0.85


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_without_it_little_is_gained(seed: int) -> None:
    data = rows(seed)
    raw = standard(data.X, np.zeros(len(data.X)))
    own = standard(data.X, data.subject)
    assert leave_one_out(data, raw) > 0.95
    best = min(leave_one_out(data, raw, shrinkage) for shrinkage in SHRINKAGES)
    assert 1 - best < 0.65 * (1 - leave_one_out(data, own))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_without_signal_to_noise_nothing_beats_the_mean(seed: int) -> None:
    data = rows(seed, snr=0.0)
    own = standard(data.X, data.subject)
    assert leave_one_out(data, own) > 1.0
    assert min(leave_one_out(data, own, shrinkage) for shrinkage in SHRINKAGES) > 0.97


@pytest.mark.slow
def test_more_signal_to_noise_makes_it_easier() -> None:
    studies = [rows(snr=snr) for snr in (0.0, 0.5, 1.0, 2.0)]
    ladder = [leave_one_out(data, standard(data.X, data.subject)) for data in studies]
    assert (np.diff(ladder) < -0.05).all()


@pytest.mark.slow
def test_every_modality_but_skin_conductance_helps_alone() -> None:
    """Skin conductance tells arousal, which says how far D is from uniform and not in which direction."""
    data = rows()
    own = standard(data.X, data.subject)
    edges = np.cumsum([0, *N_FEATURES.values()])
    score = {
        name: leave_one_out(data, own[:, start:stop])
        for name, start, stop in zip(N_FEATURES, edges, edges[1:], strict=False)
    }
    assert max(score["eeg"], score["ppg"], score["face"]) < 0.95


def nearest_three(X: Matrix, D: Matrix, train: Column) -> Matrix:
    distance = ((X[~train, None] - X[train]) ** 2).sum(-1)
    return np.asarray(D[train][np.argsort(distance, axis=1)[:, :3]].mean(1))


@pytest.mark.slow
def test_a_random_split_of_windows_flatters_even_without_emotion() -> None:
    """Windows of a trial resemble each other for reasons that are no emotion, as on real recordings."""
    complete = rows(snr=0.0)
    apart = np.arange(0, len(complete.X), 2)  # windows that share no sample
    data = Rows(complete.X[apart], complete.D[apart], complete.subject[apart], complete.trial[apart])
    X = standard(data.X, data.subject)
    train = np.random.default_rng(0).random(len(X)) < 0.8
    recognised, mean = 0.0, 0.0
    for one in np.unique(data.subject):
        own, D = data.subject == one, data.D[data.subject == one]
        held_out = D[~train[own]]
        recognised += kl(held_out, nearest_three(X[own], D, train[own])).mean()
        mean += kl(held_out, np.tile(D[train[own]].mean(0), (len(held_out), 1))).mean()
    assert recognised < 0.8 * mean
    assert leave_one_out(data, X) > 1.0
