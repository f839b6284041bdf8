"""Maps of subjects on the device: each window by its subject's map, alone and in a stack."""

import numpy as np
import torch

from mpcl_core.interfaces.components import AffineMap
from mpcl_core.training.windows.subject_maps import SubjectMaps

SUBJECT = torch.tensor([0, 0, 1, 2])
VALUES = torch.randn(3, 2, 5, generator=torch.Generator().manual_seed(0)) + 1000
PRESENT, INDEX = torch.tensor([True, False, True]), torch.tensor([2, 0, 1])


def maps(*offsets: float) -> SubjectMaps:
    """Return maps of as many subjects as there are offsets; the third has no map."""
    own = [{"eeg": AffineMap(np.full((2, 1), offset), np.full((2, 1), 4.0))} for offset in offsets]
    return SubjectMaps.of([*own, {}], SUBJECT)


def test_each_window_has_the_map_of_its_subject_and_absent_stays_zero() -> None:
    mapped = maps(1000.1, 3.0).apply("eeg", VALUES, PRESENT, INDEX).numpy()
    for place, offset in ((0, 3.0), (2, 1000.1)):
        np.testing.assert_array_equal(mapped[place], ((VALUES[place].numpy() - np.float64(offset)) / 4).astype("f4"))
    assert not mapped[1].any()


def test_subject_or_modality_without_a_map_stays_as_it_is() -> None:
    assert maps(1.0, 2.0).apply("gsr", VALUES, PRESENT, INDEX) is VALUES
    index = torch.tensor([3, 3, 3])
    assert torch.equal(maps(1.0, 2.0).apply("eeg", VALUES, PRESENT, index)[0], VALUES[0])


def test_stack_maps_each_network_as_it_would_be_alone() -> None:
    own = [maps(1000.1, 3.0), maps(5.0, 6.0)]
    both = VALUES.expand(2, -1, -1, -1), PRESENT.expand(2, -1), torch.stack([INDEX, INDEX.flip(0)])
    stacked = SubjectMaps.stack(own).apply("eeg", *both)
    for member, each in enumerate(own):
        assert torch.equal(stacked[member], each.apply("eeg", *(values[member] for values in both)))


def test_networks_that_share_their_maps_share_them_in_a_stack() -> None:
    own = maps(1.0, 2.0)
    assert SubjectMaps.stack([own, own]) is own


def test_maps_are_equal_where_those_of_all_subjects_are() -> None:
    assert maps(1.0, 2.0).equals(maps(1.0, 2.0))
    assert not maps(1.0, 2.0).equals(maps(1.0, 3.0))
    assert not maps(1.0, 2.0).equals(SubjectMaps({}, {}, SUBJECT))
