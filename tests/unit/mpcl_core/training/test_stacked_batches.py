"""Batches of several networks are padded to the longest and split together."""

import torch

from mpcl_core.training.stacked_batches import padded_batches


def test_shorter_networks_are_padded_with_positions_that_exist() -> None:
    (batch,) = padded_batches([torch.tensor([5, 6, 7]), torch.tensor([9])], 4)
    assert batch.is_window.tolist() == [[True] * 3, [True, False, False]]
    assert batch.positions[0].tolist() == [5, 6, 7]
    assert batch.positions[1].tolist() == [9, 5, 5]


def test_batches_have_the_size_and_all_windows_once() -> None:
    indices = [torch.arange(7), torch.arange(10, 13)]
    batches = padded_batches(indices, 3)
    assert [batch.positions.shape for batch in batches] == [(2, 3), (2, 3), (2, 1)]
    for member, index in enumerate(indices):
        taken = [
            int(p) for b in batches for p, real in zip(b.positions[member], b.is_window[member], strict=True) if real
        ]
        assert taken == index.tolist()
    assert not batches[1].is_window[1].any(), "its windows are used up"


def test_network_that_takes_no_part_has_only_padding() -> None:
    (batch,) = padded_batches([None, torch.tensor([3, 4])], 8)
    assert batch.is_window.tolist() == [[False, False], [True, True]]
    assert set(batch.positions[0].tolist()) == {3}
