"""Attention against torch's, and with nothing to read."""

import torch
from torch import nn

from mpcl_core.toolkit.attention import Attention, AttentionReadout

D = 8


def test_it_equals_the_attention_of_torch() -> None:
    ours, theirs = Attention(D, 2), nn.MultiheadAttention(D, 2, batch_first=True)
    theirs.in_proj_weight = nn.Parameter(torch.cat([ours.query.weight, ours.key.weight, ours.value.weight]))
    theirs.in_proj_bias = nn.Parameter(torch.cat([torch.zeros(2 * D), ours.value.bias]))
    theirs.out_proj.load_state_dict(ours.out.state_dict())
    query, stored = torch.randn(4, 3, D), torch.randn(4, 2, D)
    mask = torch.tensor([[True, True], [True, False], [False, True], [True, True]])
    expected, _ = theirs(query, stored, stored, key_padding_mask=~mask)
    assert torch.allclose(ours(query, stored, mask), expected, atol=1e-6)


def test_an_empty_mask_reads_nothing() -> None:
    attention = Attention(D, 2)
    read = attention(torch.randn(4, 3, D), torch.randn(4, 2, D), torch.zeros(4, 2, dtype=torch.bool))
    assert torch.allclose(read, attention.out.bias.expand_as(read))


def test_masked_tokens_do_not_enter_a_readout() -> None:
    readout, tokens = AttentionReadout(D), torch.randn(2, 3, D)
    with torch.no_grad():
        readout.u.normal_()
    mask = torch.tensor([[True, True, False]]).expand(2, -1)
    assert torch.allclose(readout(tokens, mask), readout(tokens[:, :2]), atol=1e-6)
