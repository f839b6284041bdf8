"""Transforms are fitted from what the folds of a study share, with the numbers of a fit on the windows themselves."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch

from mpcl_core.interfaces.components import Statistics
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.interfaces.errors import DataError
from mpcl_core.training.transforms import apply_transforms, fit_transforms
from mpcl_core.training.windows.study_windows import StudyWindows
from mpcl_plugins.transforms.robust import Robust
from mpcl_plugins.transforms.subject_prior import SubjectPrior
from mpcl_plugins.transforms.zscore import ZScore
from support.specs import block
from support.trainers import learnable

CPU = torch.device("cpu")
WINDOWS = learnable()
WHOLE_PEOPLE = np.flatnonzero(np.isin(WINDOWS.subject, np.unique(WINDOWS.subject)[1:]))
PART_OF_A_PERSON = np.arange(3, len(WINDOWS) - 5)


@pytest.mark.parametrize("positions", [WHOLE_PEOPLE, PART_OF_A_PERSON, np.arange(2)], ids=["people", "part", "two"])
def test_merged_statistics_fit_as_the_windows_themselves(positions: np.ndarray) -> None:
    fitted = StudyWindows(WINDOWS, CPU).fits.fit([block(ZScore)], positions)
    expected, mapped = fit_transforms([block(ZScore)], WINDOWS.take(positions))
    assert fitted.windows is None
    for name, value in expected[0].state_dict().items():
        if isinstance(value, np.ndarray) and value.dtype.kind == "f":
            np.testing.assert_allclose(fitted.transforms[0].state_dict()[name], value, rtol=1e-12, atol=1e-12)
    part = StudyWindows(WINDOWS, CPU).part(positions)
    batch = part.on_device(list(WINDOWS.X), fitted.maps).batch(torch.arange(len(positions)))
    applied = apply_transforms(WINDOWS.take(positions), fitted.transforms)
    for name, values in batch.X.items():
        np.testing.assert_array_equal(values.numpy(), applied.X[name])
        np.testing.assert_allclose(values.numpy(), mapped.X[name], atol=1e-6)


def test_statistics_of_a_person_are_computed_once_and_without_labels() -> None:
    calls: list[WindowSet] = []

    class Recorded(ZScore):
        name = "recorded"

        def statistics(self, windows: WindowSet) -> Statistics:
            calls.append(windows)
            return super().statistics(windows)

    study, people = StudyWindows(WINDOWS, CPU), np.unique(WINDOWS.subject)
    for person in people:
        study.fits.fit([block(Recorded)], np.flatnonzero(WINDOWS.subject != person))
    study.fits.fit([block(Recorded)], PART_OF_A_PERSON)
    measured = len(calls)
    study.fits.fit([block(Recorded)], PART_OF_A_PERSON)  # of another seed
    assert len(calls) == measured
    del calls[len(people) :]
    assert sum(len(windows) for windows in calls) == len(WINDOWS)
    assert all(np.isnan(windows.D).all() and not windows.X["eeg"].flags.writeable for windows in calls)


@pytest.mark.parametrize(
    ("blocks", "shares", "merges"),
    [
        ([], True, True),
        ([block(ZScore)], True, True),
        ([block(ZScore)], False, False),
        ([block(ZScore, scope="subject")], True, False),
        ([block(SubjectPrior)], True, False),
        ([block(ZScore), block(ZScore)], True, False),
    ],
)
def test_one_transform_that_merges_is_shared(blocks: Sequence, shares: bool, merges: bool) -> None:  # type: ignore[type-arg]
    assert StudyWindows(WINDOWS, CPU, shares).fits.merges(blocks) is merges


@pytest.mark.parametrize("cls", [ZScore, Robust])
@pytest.mark.parametrize("positions", [WHOLE_PEOPLE, PART_OF_A_PERSON], ids=["people", "part"])
def test_subjects_are_mapped_as_their_windows_are_transformed(
    cls: type[ZScore] | type[Robust], positions: np.ndarray
) -> None:
    study, blocks = StudyWindows(WINDOWS, CPU), [block(cls, scope="subject")]
    others = np.setdiff1d(np.arange(len(WINDOWS)), positions)
    fitted, (expected, transformed) = study.fits.fit(blocks, positions), fit_transforms(blocks, WINDOWS.take(positions))
    assert fitted.windows is None
    assert fitted.other_maps is not None
    sides = [
        (positions, fitted.maps, transformed),
        (others, fitted.other_maps(others), apply_transforms(WINDOWS.take(others), expected)),
    ]
    for own, maps, windows in sides:
        batch = study.part(own).on_device(list(WINDOWS.X), maps).batch(torch.arange(len(own)))
        for name, values in batch.X.items():
            np.testing.assert_array_equal(values.numpy(), windows.X[name])
    state = fitted.transforms[0].state_dict()
    for name, value in expected[0].state_dict().items():
        np.testing.assert_array_equal(state[name], value)


def test_whole_subjects_are_fitted_once_a_study_and_without_labels() -> None:
    calls: list[WindowSet] = []

    class Recorded(ZScore):
        name = "recorded"

        def fit(self, windows: WindowSet) -> ZScore:
            calls.append(windows)
            return super().fit(windows)

    study, people, blocks = StudyWindows(WINDOWS, CPU), np.unique(WINDOWS.subject), [block(Recorded, scope="subject")]
    fits = [study.fits.fit(blocks, np.flatnonzero(WINDOWS.subject != person)) for person in people]
    assert len(calls) == len(people)
    assert all(np.isnan(windows.D).all() for windows in calls)
    assert all(fit.maps is fits[0].maps for fit in fits)
    study.fits.fit(blocks, PART_OF_A_PERSON)  # without some windows of the first and the last person
    assert len(calls) == len(people) + 2


def test_windows_without_a_subject_are_refused_as_in_a_fit_on_all() -> None:
    unnamed = replace(WINDOWS, subject=np.where(np.arange(len(WINDOWS)), WINDOWS.subject, ""))
    with pytest.raises(DataError, match="subject"):
        StudyWindows(unnamed, CPU).fits.fit([block(ZScore, scope="subject")], np.arange(len(WINDOWS)))
