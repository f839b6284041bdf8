"""Find nearest windows of the same trial under random splits, on real recordings too, and nowhere else."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.data.prepare import prepare
from mpcl_core.interfaces.components import Protocol
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.leaks.finding import Finding
from mpcl_core.leaks.neighbours import find_near_trials
from mpcl_plugins.protocols.loso import LOSO
from mpcl_plugins.protocols.predefined import Predefined
from mpcl_plugins.protocols.random_windows import RandomWindows
from mpcl_plugins.protocols.trial_heldout import TrialHeldout
from mpcl_plugins.protocols.trial_kfold import TrialKFold
from mpcl_plugins.sources.dmer import DMER
from mpcl_plugins.sources.simulated import Simulated
from mpcl_plugins.transforms.window import Window
from support.audit_study import with_folds, with_noise
from support.split_study import grid


def found(windows: WindowSet, protocol: Protocol) -> list[Finding]:
    return list(find_near_trials(with_folds(windows, list(protocol.split(windows)))))


@pytest.fixture(scope="module")
def dmer(data_dir: Path) -> WindowSet:
    return prepare(DMER(path=data_dir / "dmer-emotiondict" / "data_feature_sample.mat"), [])


@pytest.fixture(scope="module")
def simulated() -> WindowSet:
    return prepare(Simulated(subjects=3, trials=8, seconds=20.0), [Window(length=4.0, hop=2.0)])


@pytest.mark.parametrize("protocol", [Predefined(), RandomWindows()], ids=lambda p: p.name)
def test_face_of_dmer_gives_away_the_trial(protocol: Protocol, dmer: WindowSet) -> None:
    (finding,) = found(dmer, protocol)
    assert finding.code == "nearest-trial (f)"
    assert "face: " in finding.message
    assert "eeg: " not in finding.message, "EEG alone never beats the mean there"
    assert finding.n_windows > 0.9 * finding.n_checked


def test_scores_equal_the_knn_and_mean_baselines_of_dmer(dmer: WindowSet) -> None:
    (finding,) = found(dmer, Predefined())
    assert "KL 0.0113 (mean 0.0622)" in finding.message


def test_held_out_trials_have_no_finding(dmer: WindowSet) -> None:
    assert found(dmer, TrialKFold()) == []


def test_simulated_study_has_a_finding_only_under_random_windows(simulated: WindowSet) -> None:
    (finding,) = found(simulated, RandomWindows())
    assert "all modalities: " in finding.message
    assert finding.examples
    for protocol in (LOSO(), TrialHeldout()):
        assert found(simulated, protocol) == []


def test_signals_without_information_have_no_finding(simulated: WindowSet) -> None:
    """A shared trial alone is no (f): neighbours must belong to it and improve the score."""
    assert found(with_noise(grid(4, 6)), RandomWindows()) == []
    order = np.random.default_rng(0).permutation(len(simulated))
    mixed = replace(simulated, X={name: values[order] for name, values in simulated.X.items()})
    assert found(mixed, RandomWindows()) == []


def test_neighbours_of_the_own_trial_that_do_not_improve_the_score_are_no_leak() -> None:
    windows = with_noise(grid(4, 6, 8))
    windows.X["gsr"][:, 0, :] += 100 * np.repeat(np.random.default_rng(1).normal(size=(24, 8)), 8, axis=0)
    assert len(found(replace(windows, D=of_trials(24, 8)), RandomWindows())) == 1
    each_its_own = np.random.default_rng(2).dirichlet([2.0, 2.0], 24 * 8)
    assert found(replace(windows, D=each_its_own), RandomWindows()) == []


def test_neighbours_of_any_trial_that_improve_the_score_are_no_leak() -> None:
    windows = with_noise(grid(1, 24, 8))
    share = 1 / (1 + np.exp(-3.0 * np.random.default_rng(3).normal(size=len(windows))))
    windows.X["gsr"][:, 0, :] = share[:, None].astype(np.float32) + 1e-3 * windows.X["gsr"][:, 0, :]
    labelled = replace(windows, D=np.stack([share, 1 - share], axis=1))
    assert found(labelled, RandomWindows()) == []


def of_trials(trials: int, windows: int) -> np.ndarray:
    return np.repeat(np.random.default_rng(4).dirichlet([2.0, 2.0], trials), windows, axis=0)


def test_windows_without_trials_are_left_out(simulated: WindowSet) -> None:
    nameless = replace(simulated, trial=np.full(len(simulated), ""))
    assert found(nameless, RandomWindows()) == []
