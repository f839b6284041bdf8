"""Make up the data of the checks: three modalities, five emotions, and windows of noise with fixed seeds."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from mpcl_core.interfaces.data import (
    Batch,
    Modality,
    Recording,
    Signal,
    State,
    StreamInfo,
    StreamState,
    Valence,
    WindowSet,
)
from mpcl_core.toolkit.masking import normalise

K, D = 5, 8
LABELS = tuple(f"e{i}" for i in range(K))
VALENCE = Valence(LABELS[:3], LABELS[3:])
GROUPS = ((0, 1, 2), (3, 4))
"""The valence as indices of labels, as the engine passes it to a head."""
N_TOKENS = (3, 4, 5)
MODALITIES = (
    Modality("eeg", 4, 64, 32.0),
    Modality("gsr", 1, 16, 8.0),
    Modality("face", 2, 6, None),
)
STREAMS = (StreamInfo("physiological", True), StreamInfo("behavioural", True))
SIGNALS = (
    Modality("eeg", 2, None, 128.0, ("F3", "F4"), "uV"),
    Modality("ppg", 1, None, 64.0),
    Modality("gsr", 1, None, 8.0, (), "uS"),
)
"""Modalities of the made-up recordings."""


def noise(*shape: int, seed: int = 0) -> Tensor:
    """Draw standard normal numbers.

    They are not drawn by torch, since `torch.func.vmap` would draw different numbers for each copy.

    Args:
        shape: shape of the tensor.
        seed: seed of the generator.

    Returns:
        The numbers, the same for the same seed.
    """
    return torch.as_tensor(np.random.default_rng(seed).normal(size=shape), dtype=torch.float32)


def signal(modality: Modality, n: int, seed: int = 0) -> Tensor:
    """Make up the values of a modality.

    Args:
        modality: the modality.
        n: number of windows.
        seed: seed of the generator.

    Returns:
        Values of shape (n, c, t).
    """
    return noise(n, modality.n_chans, modality.n_times or 1, seed=seed)


def tokens(n: int, seed: int = 0) -> dict[str, Tensor]:
    """Make up the tokens of every modality.

    Args:
        n: number of windows.
        seed: seed of the generator.

    Returns:
        Modality -> tokens of shape (n, number of tokens, D).
    """
    return {m.name: noise(n, N_TOKENS[i], D, seed=seed + i) for i, m in enumerate(MODALITIES)}


def all_present(n: int) -> dict[str, Tensor]:
    """Make presence masks for windows in which every modality is present.

    Args:
        n: number of windows.

    Returns:
        Modality -> mask of shape (n,).
    """
    return {m.name: torch.ones(n, dtype=torch.bool) for m in MODALITIES}


def some_absent(n: int) -> dict[str, Tensor]:
    """Make presence masks in which windows lack a modality.

    The second window lacks the first modality, the third window the second, and so on.

    Args:
        n: number of windows.

    Returns:
        Modality -> mask of shape (n,).
    """
    number = torch.arange(n)
    return {m.name: (number % (len(MODALITIES) + 1)) != i + 1 for i, m in enumerate(MODALITIES)}


def streams(n: int, seed: int = 0) -> dict[str, StreamState]:
    """Make up the states of two streams, each with a memory of one prototype for each emotion.

    Args:
        n: number of windows.
        seed: seed of the generator.

    Returns:
        Stream -> state.
    """
    made = {}
    for at, stream in enumerate(STREAMS, seed * 100):
        z = noise(n, D, seed=at)
        prototypes = normalise(noise(K, 1, D, seed=at + 7))
        weights = torch.einsum("bd,kmd->bkm", z, prototypes).flatten(1).softmax(-1).view(n, K, 1)
        enriched = z + torch.einsum("bkm,kmd->bd", weights, prototypes)
        present = torch.ones(n, dtype=torch.bool)
        made[stream.name] = StreamState({"a": noise(n, 3, D, seed=at)}, z, present, weights, enriched, prototypes)
    return made


def distributions(n: int, seed: int = 0) -> Tensor:
    """Make up emotion distributions.

    Args:
        n: number of windows.
        seed: seed of the generator.

    Returns:
        Distributions of shape (n, K), on the simplex.
    """
    return noise(n, K, seed=seed + 31).softmax(-1)


def state(n: int, seed: int = 0) -> State:
    """Make up the state of a network, an argument of an objective.

    Args:
        n: number of windows.
        seed: seed of the generator.

    Returns:
        The state.
    """
    return State(streams(n, seed), noise(n, K, seed=seed + 53))


def batch(n: int, seed: int = 0) -> Batch:
    """Make up a batch of labels, an argument of an objective.

    Args:
        n: number of windows.
        seed: seed of the generator.

    Returns:
        The batch, without signals.
    """
    return Batch({}, {}, distributions(n, seed), torch.ones(n))


def study(subjects: int = 6, trials: int = 8, windows: int = 5) -> WindowSet:
    """Make up a study of random features of three modalities; ``gsr`` is absent in some windows.

    Args:
        subjects: number of subjects.
        trials: trials of each subject.
        windows: windows of each trial.

    Returns:
        The windows.
    """
    rng = np.random.default_rng(0)
    n = subjects * trials * windows
    subject = np.repeat([f"S{i:02d}" for i in range(subjects)], trials * windows)
    trial = np.tile(np.repeat([f"t{i}" for i in range(trials)], windows), subjects)
    D_trial = rng.dirichlet(np.ones(K), subjects * trials)
    X = {m.name: rng.normal(size=(n, m.n_chans, m.n_times or 1)).astype(np.float32) for m in MODALITIES}
    present = {m.name: np.ones(n, dtype=bool) for m in MODALITIES}
    present["gsr"] = rng.random(n) < 0.8
    made = WindowSet(
        MODALITIES,
        X,
        present,
        np.repeat(D_trial, windows, axis=0),
        LABELS,
        subject=subject,
        trial=trial,
        stimulus=trial,
        condition=np.where(np.char.endswith(trial, "0") | np.char.endswith(trial, "2"), "a", "b"),
        window=np.tile(np.arange(windows), subjects * trials),
        split=np.where(np.arange(n) % 5 == 0, "test", "train"),
    )
    return made.with_signals(X).validate()


def recordings(seconds: float = 30.0) -> list[Recording]:
    """Make up three recordings of `SIGNALS`: noise, a pulse of 72 beats a minute, and a slow drift.

    The second recording lacks ``gsr``, the third has a dropout (NaN), and each signal starts 0.1 s after the previous.

    Args:
        seconds: length of each recording.

    Returns:
        The recordings.
    """
    made = []
    for number in range(3):
        signals = {m.name: _signal(m, seconds, number, 0.1 * i) for i, m in enumerate(SIGNALS)}
        if number == 1:
            del signals["gsr"]
        if number == 2:
            signals["eeg"].values[:, 640:700] = np.nan
        rating = distributions(1, seed=number)[0].double().numpy()
        names = (f"S{number}", "t0", "1", "a", f"clip{number}")
        made.append(Recording(signals, rating / rating.sum(), *names, 1.0 + number))
    return made


def _signal(modality: Modality, seconds: float, seed: int, start: float) -> Signal:
    sfreq = modality.sfreq or 1.0
    t = np.arange(round(seconds * sfreq)) / sfreq
    rng = np.random.default_rng(seed)
    shapes: dict[str, Any] = {
        "eeg": rng.normal(size=(modality.n_chans, len(t))) * 10,
        "ppg": np.exp(6 * (np.cos(2 * np.pi * 1.2 * t) - 1))[None] + 0.01 * rng.normal(size=(1, len(t))),
        "gsr": (3 + 0.5 * np.sin(2 * np.pi * t / 11) + 0.01 * rng.normal(size=len(t)))[None],
    }
    return Signal(shapes[modality.name].astype(np.float32), sfreq, start)


def signal_windows(n: int = 6, seconds: float = 20.0) -> WindowSet:
    """Make up windows of `SIGNALS`, each from another subject; ``gsr`` is absent in the second window.

    Args:
        n: number of windows.
        seconds: length of each window.

    Returns:
        The windows.
    """
    modalities = tuple(
        Modality(m.name, m.n_chans, round(seconds * (m.sfreq or 1)), m.sfreq, m.ch_names, m.unit) for m in SIGNALS
    )
    X = {m.name: np.stack([_signal(m, seconds, number, 0.0).values for number in range(n)]) for m in SIGNALS}
    present = {m.name: np.ones(n, dtype=bool) for m in SIGNALS}
    present["gsr"][1] = False
    names = np.array([f"S{number}" for number in range(n)])
    D_true = np.random.default_rng(5).dirichlet(np.ones(K), n)
    made = WindowSet(modalities, X, present, D_true, LABELS, subject=names, trial=names, valence=VALENCE)
    return made.with_signals(X).validate()


def fitting_and_test() -> tuple[WindowSet, WindowSet]:
    """Make the windows of a study, and use every other one for the test.

    Returns:
        The fitting windows and the test windows.
    """
    windows = study(subjects=3, trials=6, windows=4)
    return windows.take(np.arange(0, len(windows), 2)), windows.take(np.arange(1, len(windows), 2))
