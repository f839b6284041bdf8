"""late_fusion against its equation, and what it refuses."""

import pytest
import torch

from mpcl_plugins.heads.late_fusion import LateFusion
from support.heads import STREAMS, head_of
from support.states import distributions, stream


def test_it_averages_the_predictions_of_the_present_streams() -> None:
    head = head_of(LateFusion)
    head.observe(distributions(30), torch.ones(30))
    presence = {"physiological": [True, True, False], "behavioural": [True, False, False]}
    streams = {name: stream(3, seed=i, present=presence[name]) for i, name in enumerate(STREAMS)}
    one, two = ((head.prior + head.read[name](streams[name].z)).softmax(-1) for name in STREAMS)
    expected = torch.stack([(one[0] + two[0]) / 2, one[1], head.prior.softmax(-1)])
    assert torch.allclose(head(streams)[0].softmax(-1), expected, atol=1e-6)


def test_a_negative_dropout_is_refused() -> None:
    with pytest.raises(ValueError, match=r"dropout is -0.1"):
        head_of(LateFusion, dropout=-0.1)
