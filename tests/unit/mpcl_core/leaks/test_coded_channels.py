"""Find channels that state the trial, the time or the label."""

import numpy as np
import pytest

from mpcl_core.data.cache.prepared_windows import Provenance
from mpcl_core.data.plan import Study
from mpcl_core.interfaces.data import Modality, WindowSet
from mpcl_core.leaks.coded_channels import find_coded_channels

SUBJECTS, TRIALS, WINDOWS, TIMES = 3, 4, 6, 16
N = SUBJECTS * TRIALS * WINDOWS
TRIAL = np.repeat(np.arange(SUBJECTS * TRIALS), WINDOWS)
START = np.tile(2.0 * np.arange(WINDOWS), SUBJECTS * TRIALS)
SHARE = np.random.default_rng(1).uniform(0.1, 0.9, SUBJECTS * TRIALS)[TRIAL]
NOISE = np.random.default_rng(0).normal(size=(N, TIMES)).astype(np.float32)


def study(channel: np.ndarray, sfreq: float | None = 8.0) -> Study:
    X = {"eeg": np.stack([NOISE, channel.astype(np.float32)], axis=1)}
    subject = np.array([f"s{number // TRIALS}" for number in TRIAL])
    windows = WindowSet(
        (Modality("eeg", 2, TIMES, sfreq, ("Fz", "aux")),),
        X,
        {"eeg": np.ones(N, bool)},
        np.stack([SHARE, 1 - SHARE], axis=1),
        ("happy", "sad"),
        subject=subject,
        trial=np.array([f"t{number % TRIALS}" for number in TRIAL]),
        t_start=START,
        t_stop=START + 2,
    )
    return Study(("main",), windows, (), (), (), Provenance())


def held(values: np.ndarray) -> np.ndarray:
    return np.repeat(values[:, None], TIMES, axis=1)


@pytest.mark.parametrize(
    ("channel", "message"),
    [
        (held(100.0 * (1 + TRIAL % TRIALS)), "eeg 'aux' is constant within trials and differs between them"),
        (held(100.0 * (1 + TRIAL % TRIALS)) + 1e-3 * NOISE, "eeg 'aux' is constant within trials"),
        (5 + START[:, None] + np.arange(TIMES) / 8, "eeg 'aux' rises with the time in the recording"),
        (held(3 * SHARE - 1), "eeg 'aux' equals the share of 'happy'"),
    ],
    ids=["code", "noisy code", "clock", "label"],
)
def test_channels_that_are_no_signals_are_found(channel: np.ndarray, message: str) -> None:
    (finding,) = find_coded_channels(study(channel))
    assert finding.message.startswith(message)
    assert "Fz" not in finding.message
    assert (finding.code, finding.n_windows) == ("coded-channel (g)", N)


@pytest.mark.parametrize(
    "channel",
    [
        NOISE[::-1],
        np.zeros((N, TIMES)),
        held(30.0 + TRIAL // TRIALS),
        held(TRIAL.astype(float)) + 0.1 * NOISE,
        np.cumsum(NOISE, axis=1),
    ],
    ids=["noise", "flat", "of the subject", "slow", "walk"],
)
def test_signals_are_not_found(channel: np.ndarray) -> None:
    assert list(find_coded_channels(study(channel))) == []


def test_a_feature_of_a_table_is_found() -> None:
    table = np.abs(NOISE[::-1])
    table[:, 3] = TRIAL % TRIALS
    (finding,) = find_coded_channels(study(table, sfreq=None))
    assert finding.message == "eeg 'aux', feature 4, is constant within trials and differs between them"
