"""dirichlet starts at the prior with the stated concentration."""

import torch

from mpcl_core.interfaces.data import StreamInfo
from mpcl_plugins.heads.dirichlet import Dirichlet
from support.states import D, K, distributions, state

STREAMS = (StreamInfo("physiological", True), StreamInfo("behavioural", True))


def test_it_starts_at_the_prior_with_the_stated_concentration() -> None:
    torch.manual_seed(0)
    head, truth = Dirichlet(streams=STREAMS, n_outputs=K, dim=D, valence=None, start=50.0), distributions(20)
    head.observe(truth, torch.ones(20))
    logits = head(state(3).streams)[0]
    assert torch.allclose(logits.softmax(-1), truth.mean(0).expand(3, K), atol=0.01)
    assert torch.allclose(logits.exp().sum(-1), torch.full((3,), 50.0), rtol=0.05)
