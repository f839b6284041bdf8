"""Subjects and clips held out together."""

import numpy as np
import pytest

from mpcl_core.data.grade import grade_fold
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.protocols.subject_and_stimulus import SubjectAndStimulus
from support.split_study import Trial, checked, keys, sides, study


def cinema(subjects: int = 7, clips: int = 6, windows: int = 2) -> WindowSet:
    """Everybody sees every clip."""
    return study(Trial(f"S{s}", f"t{c}", windows, "", f"clip{c}") for s in range(subjects) for c in range(clips))


def test_windows_that_share_subject_or_stimulus_are_on_neither_side() -> None:
    windows = cinema()
    folds = checked(SubjectAndStimulus(subject_folds=3, stimulus_folds=2), windows)
    assert [fold.label for fold in folds] == [f"subjects-{s}_stimuli-{c}" for s in (1, 2, 3) for c in (1, 2)]
    for fold in folds:
        people, clips = set(windows.subject[fold.test]), set(windows.stimulus[fold.test])
        pairs = list(zip(windows.subject, windows.stimulus, strict=True))
        assert set(fold.test) == {row for row, (s, c) in enumerate(pairs) if s in people and c in clips}
        fitting = {row for row, (s, c) in enumerate(pairs) if s not in people and c not in clips}
        assert set(np.concatenate([fold.train, fold.validation]).tolist()) == fitting
        assert not set(windows.subject[fold.train]) & set(windows.subject[fold.validation])
        assert grade_fold(windows, fold) == "subject-independent+stimulus"
    assert sorted(np.concatenate([fold.test for fold in folds]).tolist()) == list(range(len(windows)))


def test_parts_are_of_equal_size() -> None:
    windows = cinema(subjects=7, clips=6)
    folds = checked(SubjectAndStimulus(subject_folds=3, stimulus_folds=4), windows)
    assert {len(set(windows.subject[fold.test])) for fold in folds} == {2, 3}
    assert {len(set(windows.stimulus[fold.test])) for fold in folds} == {1, 2}


def test_the_seed_decides_and_the_order_of_windows_does_not() -> None:
    windows = cinema()
    moved = windows.take(np.random.default_rng(1).permutation(len(windows)))

    def split(rows: WindowSet, seed: int) -> list[list[set[tuple[str, str, int]]]]:
        folds = SubjectAndStimulus(subject_folds=3, stimulus_folds=2, seed=seed).split(rows)
        return [[keys(rows, side) for side in sides(fold)] for fold in folds]

    assert split(windows, 0) == split(moved, 0)
    assert split(windows, 0) != split(windows, 1)


def test_a_pair_without_windows_makes_no_fold() -> None:
    """Two groups that saw different clips: S0 and S1 saw a and b, S2 and S3 saw c and d."""
    windows = study(
        Trial(f"S{s}", c, 2, "", c) for s, clips in enumerate(("ab", "ab", "cd", "cd", "abcd")) for c in clips
    )
    folds = checked(SubjectAndStimulus(subject_folds=5, stimulus_folds=4), windows)
    assert len(folds) == 12
    assert sorted(np.concatenate([fold.test for fold in folds]).tolist()) == list(range(len(windows)))


def test_studies_that_cannot_be_split_are_refused() -> None:
    with pytest.raises(DataError, match="needs a stimulus in every window"):
        list(SubjectAndStimulus().split(study([Trial("S1", "t1", 4), Trial("S2", "t1", 4)])))
    with pytest.raises(DataError, match="needs a subject in every window"):
        list(SubjectAndStimulus().split(study([Trial("", "t1", 4, "", "a")])))
    with pytest.raises(DataError, match="6 stimuli cannot make 7 folds"):
        list(SubjectAndStimulus(stimulus_folds=7).split(cinema()))
    with pytest.raises(DataError, match="4 subjects cannot make 5 folds"):
        list(SubjectAndStimulus().split(cinema(subjects=4)))
    own = study([Trial("S1", "t", 2, "", "a"), Trial("S2", "t", 2, "", "b")])
    assert len(list(SubjectAndStimulus(subject_folds=2, stimulus_folds=2).split(own))) == 2
    alone = study([Trial("S1", "a", 2, "", "a"), Trial("S1", "b", 2, "", "b"), Trial("S2", "b", 2, "", "b")])
    with pytest.raises(DataError, match="no training windows"):
        list(SubjectAndStimulus(subject_folds=2, stimulus_folds=2).split(alone))
    with pytest.raises(ValueError, match="folds is 1"):
        SubjectAndStimulus(subject_folds=1)
