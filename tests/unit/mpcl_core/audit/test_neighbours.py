"""Near rows are of one trial where windows are split at random, on real recordings too, and nowhere else."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.audit.finding import Finding
from mpcl_core.audit.neighbours import near
from mpcl_core.data.prepare import prepare
from mpcl_core.interfaces.components import Protocol
from mpcl_core.interfaces.data import WindowSet
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
    return list(near(with_folds(windows, list(protocol.split(windows)))))


@pytest.fixture(scope="module")
def dmer(data_dir: Path) -> WindowSet:
    return prepare(DMER(path=data_dir / "dmer-emotiondict" / "data_feature_sample.mat"), [])


@pytest.fixture(scope="module")
def simulated() -> WindowSet:
    return prepare(Simulated(subjects=3, trials=8, seconds=20.0), [Window(length=4.0, hop=2.0)])


@pytest.mark.parametrize("protocol", [Predefined(), RandomWindows()], ids=lambda p: p.name)
def test_the_face_of_dmer_tells_the_trial(protocol: Protocol, dmer: WindowSet) -> None:
    (finding,) = found(dmer, protocol)
    assert finding.code == "nearest-trial (f)"
    assert "face: " in finding.what
    assert "eeg: " not in finding.what, "EEG alone never beats the mean there"
    assert finding.rows > 0.9 * finding.of


def test_the_figures_are_the_reference_rows_of_dmer(dmer: WindowSet) -> None:
    (finding,) = found(dmer, Predefined())
    assert "KL 0.0113 (mean 0.0622)" in finding.what


def test_with_labels_held_out_there_is_nothing(dmer: WindowSet) -> None:
    assert found(dmer, TrialKFold()) == []


def test_a_simulated_study_too(simulated: WindowSet) -> None:
    (finding,) = found(simulated, RandomWindows())
    assert "all together: " in finding.what
    assert finding.examples
    for protocol in (LOSO(), TrialHeldout()):
        assert found(simulated, protocol) == []


def test_signals_that_tell_nothing_are_not_accused(simulated: WindowSet) -> None:
    """A shared trial alone is no (f): neighbours must be of it, and pay."""
    assert found(with_noise(grid(4, 6)), RandomWindows()) == []
    order = np.random.default_rng(0).permutation(len(simulated))
    mixed = replace(simulated, X={name: values[order] for name, values in simulated.X.items()})
    assert found(mixed, RandomWindows()) == []


def test_neighbours_of_the_own_trial_that_do_not_pay_are_no_leak() -> None:
    windows = with_noise(grid(4, 6, 8))
    windows.X["gsr"][:, 0, :] += 100 * np.repeat(np.random.default_rng(1).normal(size=(24, 8)), 8, axis=0)
    assert len(found(replace(windows, D=of_trials(24, 8)), RandomWindows())) == 1
    each_its_own = np.random.default_rng(2).dirichlet([2.0, 2.0], 24 * 8)
    assert found(replace(windows, D=each_its_own), RandomWindows()) == []


def test_neighbours_that_pay_but_are_of_any_trial_are_no_leak() -> None:
    windows = with_noise(grid(1, 24, 8))
    share = 1 / (1 + np.exp(-3.0 * np.random.default_rng(3).normal(size=len(windows))))
    windows.X["gsr"][:, 0, :] = share[:, None].astype(np.float32) + 1e-3 * windows.X["gsr"][:, 0, :]
    told = replace(windows, D=np.stack([share, 1 - share], axis=1))
    assert found(told, RandomWindows()) == []


def of_trials(trials: int, windows: int) -> np.ndarray:
    return np.repeat(np.random.default_rng(4).dirichlet([2.0, 2.0], trials), windows, axis=0)


def test_rows_without_trials_are_left_out(simulated: WindowSet) -> None:
    nameless = replace(simulated, trial=np.full(len(simulated), ""))
    assert found(nameless, RandomWindows()) == []
