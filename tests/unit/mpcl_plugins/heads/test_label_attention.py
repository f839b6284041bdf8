"""label_attention: its learned correlation, and what it refuses."""

import pytest
import torch
from torch.nn.functional import cosine_similarity

from mpcl_plugins.heads.label_attention import LabelAttention
from mpcl_plugins.objectives.label_correlation import LabelCorrelation
from support.heads import head_of
from support.states import D, K, batch, distributions, state


def test_the_correlation_is_the_cosine_of_label_embeddings() -> None:
    head = head_of(LabelAttention)
    R = head.diagnostics(state(2).streams)["label_correlation"]
    assert torch.allclose(R.diagonal(), torch.ones(K), atol=1e-5)
    assert torch.allclose(R, cosine_similarity(head.labels[:, None], head.labels[None], dim=-1), atol=1e-5)


def test_the_correlation_enters_the_attention() -> None:
    head = head_of(LabelAttention)
    before = head(state(2).streams)[0]
    with torch.no_grad():
        head.gamma.fill_(20.0)
    assert not torch.allclose(before, head(state(2).streams)[0])


def test_the_correlation_can_be_learned_from_the_labels() -> None:
    head, objective = head_of(LabelAttention), LabelCorrelation(n_outputs=K, dim=D, of="head")
    objective.observe(distributions(40), torch.ones(40))
    optimizer = torch.optim.Adam(head.parameters(), lr=0.05)
    losses = []
    for _ in range(40):
        found = state(4)
        found.logits, found.aux = head(found.streams)
        losses.append(objective(found, batch(4)))
        optimizer.zero_grad()
        losses[-1].backward()
        optimizer.step()
    assert losses[-1] < 0.05 * losses[0]


def test_heads_that_do_not_divide_the_width_are_refused() -> None:
    with pytest.raises(ValueError, match="heads is 3"):
        head_of(LabelAttention, heads=3)
