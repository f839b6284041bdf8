"""The made-up world of the checks: three modalities, five emotions, rows that are noise of known seeds."""

from collections.abc import Sequence
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
"""The same as label indices, as a head is given them."""
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
"""What the made-up recordings hold."""


def noise(*shape: int, seed: int = 0) -> Tensor:
    """Standard normal numbers; not torch's, which `torch.func.vmap` would draw anew for each copy."""
    return torch.as_tensor(np.random.default_rng(seed).normal(size=shape), dtype=torch.float32)


def signal(modality: Modality, n: int, seed: int = 0) -> Tensor:
    """(n, c, t) of a modality."""
    return noise(n, modality.n_chans, modality.n_times or 1, seed=seed)


def tokens(n: int, seed: int = 0) -> dict[str, Tensor]:
    """(n, tokens, D) of every modality."""
    return {m.name: noise(n, N_TOKENS[i], D, seed=seed + i) for i, m in enumerate(MODALITIES)}


def everywhere(n: int) -> dict[str, Tensor]:
    """Every modality is present in every row."""
    return {m.name: torch.ones(n, dtype=torch.bool) for m in MODALITIES}


def now_and_then(n: int) -> dict[str, Tensor]:
    """The second row lacks the first modality, the third row the second, and so on."""
    number = torch.arange(n)
    return {m.name: (number % (len(MODALITIES) + 1)) != i + 1 for i, m in enumerate(MODALITIES)}


def streams(n: int, seed: int = 0) -> dict[str, StreamState]:
    """Two streams with a memory of one prototype an emotion."""
    made = {}
    for at, stream in enumerate(STREAMS, seed * 100):
        z = noise(n, D, seed=at)
        prototypes = normalise(noise(K, 1, D, seed=at + 7))
        weights = torch.einsum("bd,kmd->bkm", z, prototypes).flatten(1).softmax(-1).view(n, K, 1)
        enriched = z + torch.einsum("bkm,kmd->bd", weights, prototypes)
        there = torch.ones(n, dtype=torch.bool)
        made[stream.name] = StreamState({"a": noise(n, 3, D, seed=at)}, z, there, weights, enriched, prototypes)
    return made


def distributions(n: int, seed: int = 0) -> Tensor:
    """(n, K), rows on the simplex."""
    return noise(n, K, seed=seed + 31).softmax(-1)


def state(n: int, seed: int = 0) -> State:
    """What an objective is given of the network."""
    return State(streams(n, seed), noise(n, K, seed=seed + 53))


def batch(n: int, seed: int = 0) -> Batch:
    """What an objective is given of the rows."""
    return Batch({}, {}, distributions(n, seed), torch.ones(n))


def study(subjects: int = 6, trials: int = 8, windows: int = 5) -> WindowSet:
    """A made-up study of random features: three modalities, one of them missing now and then."""
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
    """Recordings of `SIGNALS`: noise, a pulse of 72 beats a minute, and a slow drift. The second lacks ``gsr``, the
    third has a dropout (NaN), and each signal starts a little later than the one before.
    """
    made = []
    for number in range(3):
        held = {m.name: _signal(m, seconds, number, 0.1 * i) for i, m in enumerate(SIGNALS)}
        if number == 1:
            del held["gsr"]
        if number == 2:
            held["eeg"].values[:, 640:700] = np.nan
        D_row = distributions(1, seed=number)[0].double().numpy()
        made.append(Recording(held, D_row / D_row.sum(), f"S{number}", "t0", "1", "a", f"clip{number}", 1.0 + number))
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
    """Windows of `SIGNALS`, cut from recordings of their own; ``gsr`` is absent in the second row."""
    modalities = tuple(
        Modality(m.name, m.n_chans, round(seconds * (m.sfreq or 1)), m.sfreq, m.ch_names, m.unit) for m in SIGNALS
    )
    X = {m.name: np.stack([_signal(m, seconds, row, 0.0).values for row in range(n)]) for m in SIGNALS}
    present = {m.name: np.ones(n, dtype=bool) for m in SIGNALS}
    present["gsr"][1] = False
    names = np.array([f"S{row}" for row in range(n)])
    made = WindowSet(modalities, X, present, _rows(n), LABELS, subject=names, trial=names, valence=VALENCE)
    return made.with_signals(X).validate()


def _rows(n: int) -> np.ndarray:
    D_rows: np.ndarray = np.random.default_rng(5).dirichlet(np.ones(K), n)
    return D_rows


def names(modalities: Sequence[Modality]) -> str:
    """The names of modalities, for a message."""
    return ", ".join(modality.name for modality in modalities)
