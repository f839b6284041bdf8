"""Maps of modalities on the device: the values of the transform, alone and in a stack, and zeros where absent."""

import numpy as np
import torch

from mpcl_core.interfaces.components import AffineMap
from mpcl_core.training.windows.affine_maps import AffineMaps

CPU = torch.device("cpu")
VALUES = torch.randn(2, 3, 4, 5, generator=torch.Generator().manual_seed(0)) + 1000
PRESENT = torch.tensor([[True, False, True], [True, True, True]])
INDEX = torch.zeros(2, 3, dtype=torch.int64)


def maps(offset: float) -> AffineMaps:
    return AffineMaps.of({"eeg": AffineMap(np.full((4, 1), offset), np.arange(1.0, 5)[:, None])}, CPU)


def test_map_is_computed_in_double_precision_and_absent_stays_zero() -> None:
    mapped = maps(1000.1).apply("eeg", VALUES[0], PRESENT[0], INDEX[0]).numpy()
    expected = (VALUES[0].numpy() - np.float64(1000.1)) / np.arange(1.0, 5)[:, None]
    np.testing.assert_array_equal(mapped[[0, 2]], expected[[0, 2]].astype(np.float32))
    assert not mapped[1].any()


def test_stack_maps_each_network_as_it_would_be_alone() -> None:
    stacked = AffineMaps.stack([maps(1000.1), maps(3.0)]).apply("eeg", VALUES, PRESENT, INDEX)
    for member, offset in enumerate((1000.1, 3.0)):
        assert torch.equal(stacked[member], maps(offset).apply("eeg", VALUES[member], PRESENT[member], INDEX[member]))


def test_modality_without_a_map_stays_as_it_is() -> None:
    assert maps(1.0).apply("gsr", VALUES, PRESENT, INDEX) is VALUES
    stacked = AffineMaps.stack([maps(1.0), AffineMaps()]).apply("eeg", VALUES, PRESENT, INDEX)
    assert torch.equal(stacked[1], VALUES[1])
