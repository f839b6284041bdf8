"""emotion_dict: its dictionary, its weights, and what it refuses."""

import pytest
import torch

from mpcl_plugins.heads.emotion_dict import EmotionDict
from support.heads import head_of
from support.states import state


def test_atoms_are_orthonormal_for_any_parameters() -> None:
    head = head_of(EmotionDict, atoms=4, width=8)
    with torch.no_grad():
        head.raw.add_(torch.randn_like(head.raw))
    Q = head.dictionary()
    assert torch.allclose(Q @ Q.mT, torch.eye(4), atol=1e-5)


def test_weights_of_atoms_and_of_streams_sum_to_one() -> None:
    diagnostics = head_of(EmotionDict, atoms=4, width=8).diagnostics(state(3).streams)
    assert diagnostics["atoms"].shape == (3, 4)
    assert diagnostics["streams"].shape == (3, 2)
    for weights in diagnostics.values():
        assert torch.allclose(weights.sum(-1), torch.ones(3))


def test_more_atoms_than_dimensions_are_refused() -> None:
    with pytest.raises(ValueError, match="9 atoms cannot be orthonormal in a width of 8"):
        head_of(EmotionDict, atoms=9, width=8)
