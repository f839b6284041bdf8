"""Which group validates: subject, else trial, else row."""

import numpy as np
import pytest

from mpcl_core.interfaces.data import Fold, WindowSet
from mpcl_core.interfaces.errors import DataError
from mpcl_core.toolkit.validation_draw import draw_validation
from mpcl_core.toolkit.window_keys import window_keys
from support.split_study import Trial, keys, study


def drawn(windows: WindowSet, test: list[int], always_train: list[int] | None = None, seed: int = 0) -> Fold:
    rows = window_keys(windows)
    tested = np.array(test, dtype=np.int64)
    kept = None if always_train is None else np.array(always_train, dtype=np.int64)
    return draw_validation(rows, rows.others(tested), tested, "one", np.random.default_rng(seed), kept)


def where(windows: WindowSet, name: str, value: str) -> list[int]:
    return np.flatnonzero(getattr(windows, name) == value).tolist()


def test_new_subjects_are_validated_on_subjects() -> None:
    windows = study(Trial(f"S{s}", f"t{t}", 2) for s in range(11) for t in range(3))
    fold = drawn(windows, where(windows, "subject", "S3"))
    validated = {subject for subject, _, _ in keys(windows, fold.validation)}
    assert len(validated) == 2
    assert not validated & {subject for subject, _, _ in keys(windows, fold.train)}


def test_known_subjects_are_validated_on_trials() -> None:
    windows = study(Trial(f"S{s}", f"t{t}", 2) for s in range(2) for t in range(6))
    fold = drawn(windows, where(windows, "trial", "t0"))
    validated, trained = (
        {(subject, trial) for subject, trial, _ in keys(windows, rows)} for rows in (fold.validation, fold.train)
    )
    assert len(validated) == 2
    assert len(trained) == 8
    assert not validated & trained


@pytest.mark.parametrize("trial", ["t", ""])
def test_known_trials_and_windows_without_trials_are_validated_on_windows(trial: str) -> None:
    windows = study([Trial("S1", trial, 20)])
    fold = drawn(windows, [0, 1, 2, 3, 4])
    assert (len(fold.train), len(fold.validation)) == (12, 3)


def test_one_training_subject_falls_to_its_trials_and_one_trial_to_its_windows() -> None:
    windows = study([Trial("S1", "t", 2), *(Trial("S2", f"t{t}", 2) for t in range(5))])
    fold = drawn(windows, where(windows, "subject", "S1"))
    assert len({trial for _, trial, _ in keys(windows, fold.validation)}) == 1
    assert len(fold.validation) == 2

    windows = study([Trial("S1", "t", 2), Trial("S2", "t", 5)])
    assert len(drawn(windows, [0, 1]).validation) == 1


def test_an_unknown_subject_falls_to_trials() -> None:
    windows = study([Trial("S1", "t", 2), *(Trial("", f"u{t}", 2) for t in range(4)), Trial("S4", "c", 2)])
    for seed in range(10):
        fold = drawn(windows, [0, 1], seed=seed)
        assert len({trial for _, trial, _ in keys(windows, fold.validation)}) == 1


def test_windows_that_must_train_are_never_drawn() -> None:
    windows = study(Trial(f"S{s}", f"t{t}", 2) for s in range(2) for t in range(3))
    test, kept = [4, 5], [0, 1, 2, 3]
    for seed in range(20):
        fold = drawn(windows, test, kept, seed)
        assert set(kept) <= set(fold.train.tolist())
        assert set(fold.validation.tolist()) < set(range(6, 12))
        assert len(fold.validation) == 2


def test_every_group_is_drawn_by_some_seed() -> None:
    windows = study(Trial(f"S{s}", "t", 1) for s in range(6))
    assert {int(drawn(windows, [0], seed=seed).validation[0]) for seed in range(60)} == {1, 2, 3, 4, 5}


def test_a_single_training_window_cannot_validate() -> None:
    with pytest.raises(
        DataError, match="fold 'one' has 1 windows with a weight for training and validation, but needs at least 2"
    ):
        drawn(study([Trial("S1", "t", 3)]), [0, 1])
