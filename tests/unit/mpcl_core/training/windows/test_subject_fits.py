"""Fits of subjects: complete ones once, parts anew, and the maps of windows that were not fitted on."""

import numpy as np
import torch

from mpcl_core.data.truth import without_labels
from mpcl_core.training.windows.subject_fits import SubjectFits
from mpcl_plugins.transforms.robust import Robust
from support.specs import block
from support.trainers import learnable

WINDOWS = learnable()
FIRST = np.flatnonzero(WINDOWS.subject == WINDOWS.subject[0])
OTHERS = np.flatnonzero(WINDOWS.subject != WINDOWS.subject[0])


def fits() -> SubjectFits:
    take = lambda positions: without_labels(WINDOWS.take(positions))  # noqa: E731
    return SubjectFits(block(Robust, scope="subject"), WINDOWS.subject, take, torch.device("cpu"))


def test_complete_subjects_are_fitted_once_and_parts_anew() -> None:
    shared = fits()
    one, other = shared.fit(OTHERS), shared.fit(np.arange(len(WINDOWS)))
    assert all(other.parts[number] is part for number, part in one.parts.items())
    assert one.maps is other.maps
    part = shared.fit(FIRST[:-1])
    assert part.parts[0] is not other.parts[0]
    assert part.maps is not other.maps


def test_windows_of_a_fitted_subject_are_mapped_by_fitted_and_present_windows() -> None:
    shared = fits()
    maps = shared.other_maps(shared.fit(FIRST[:10]), FIRST[10:])
    own = Robust(scope="subject").fit(WINDOWS.take(FIRST[:10])).maps_of(WINDOWS.take(FIRST[10:]))
    np.testing.assert_array_equal(maps.offset["eeg"][0], own["eeg"].offset)
    np.testing.assert_array_equal(maps.scale["eeg"][0], own["eeg"].scale)


def test_complete_subjects_that_were_not_fitted_share_their_maps() -> None:
    shared = fits()
    assert shared.other_maps(shared.fit(OTHERS), FIRST) is shared.other_maps(shared.fit(FIRST), OTHERS)


def test_maps_of_subjects_that_were_not_fitted_are_the_fitted_ones_where_they_are_equal() -> None:
    shared = fits()
    fitted = shared.fit(OTHERS)
    assert shared.other_maps(fitted, FIRST) is fitted.maps
    assert fitted.maps.are_of_study
