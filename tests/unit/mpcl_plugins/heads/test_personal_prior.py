"""personal_prior against its equation."""

import pytest
import torch

from mpcl_core.interfaces.data import StreamInfo, StreamState
from mpcl_plugins.heads.linear import Linear
from mpcl_plugins.heads.personal_prior import PersonalPrior

K, D = 3, 4
STREAMS = (StreamInfo("heart", False), StreamInfo("person", False))


def head(trust: float = 0.5, stream: str = "person") -> PersonalPrior:
    inner = Linear(streams=STREAMS, n_outputs=K, dim=D, valence=None)
    return PersonalPrior(streams=STREAMS, n_outputs=K, dim=D, valence=None, head=inner, stream=stream, trust=trust)


def states(recorded: torch.Tensor, present: torch.Tensor) -> dict[str, StreamState]:
    padded = torch.nn.functional.pad(recorded, (0, D - K)).unsqueeze(1)
    heart = StreamState(
        {"beats": torch.zeros(len(recorded), 1, D)}, torch.zeros(len(recorded), D), torch.ones_like(present)
    )
    return {"heart": heart, "person": StreamState({"said_before": padded}, torch.zeros(len(recorded), D), present)}


def test_the_logits_move_by_the_trusted_share() -> None:
    recorded, present = torch.randn(5, K), torch.tensor([True, True, False, True, False])
    streams = states(recorded, present)
    one = head(0.25)
    logits, _ = one(streams)
    expected = one.head(streams)[0] + 0.25 * torch.where(present[:, None], recorded, 0.0)
    assert torch.allclose(logits, expected)


def test_the_trust_is_learned() -> None:
    one = head()
    logits, _ = one(states(torch.ones(2, K), torch.ones(2, dtype=torch.bool)))
    logits[:, 0].sum().backward()
    assert one.trust.grad is not None
    assert one.trust.grad.item() == pytest.approx(2.0)


def test_full_trust_at_the_prior_predicts_the_persons_ratings() -> None:
    """log D̄ + log(D̄_s / D̄) is log D̄_s."""
    own, everyone = torch.tensor([[0.5, 0.3, 0.2]]), torch.tensor([[0.2, 0.2, 0.6]])
    one = head(1.0)
    one.head.observe(everyone, torch.ones(1))
    torch.nn.init.zeros_(one.head.read[-1].weight)
    logits, _ = one(states((own / everyone).log(), torch.ones(1, dtype=torch.bool)))
    assert torch.allclose(logits.softmax(-1), own, atol=1e-5)


def test_an_unknown_stream_is_refused() -> None:
    with pytest.raises(ValueError, match="stream is 'face', but the streams are heart, person"):
        head(stream="face")
