"""softmax(Q Kᵀ / √(d/h) + bias) V in h heads, within a window: tokens of one window never see another's."""

import torch
from einops import rearrange
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn.functional import gelu

from mpcl_core.toolkit.arguments import check_heads
from mpcl_core.toolkit.masking import masked_softmax


class Attention(nn.Module):
    """Attend from query tokens to stored tokens in several heads.

    Queries and keys have no bias, because its gradient would be 0.

    Args:
        dim: d.
        heads: h.
        dropout: share of the attention weights that are dropped in training.

    Raises:
        ValueError: d is no multiple of h.

    Example:
        >>> attend = Attention(dim=8, heads=2)
        >>> attend(torch.randn(4, 3, 8), torch.randn(4, 5, 8)).shape
        torch.Size([4, 3, 8])
    """

    def __init__(self, dim: int, heads: int, dropout: float = 0.0) -> None:
        super().__init__()
        check_heads(heads, dim)
        self.heads = heads
        self.query = nn.Linear(dim, dim, bias=False)
        self.key = nn.Linear(dim, dim, bias=False)
        self.value = nn.Linear(dim, dim)
        self.dropout = nn.Dropout(dropout)
        self.out = nn.Linear(dim, dim)

    def forward(
        self,
        query: Float[Tensor, "b q d"],
        stored: Float[Tensor, "b s d"],
        mask: Bool[Tensor, "b s"] | None = None,
        bias: Float[Tensor, "q s"] | None = None,
    ) -> Float[Tensor, "b q d"]:
        """Read the stored tokens with the query tokens.

        Args:
            query: the tokens that attend.
            stored: the tokens that they attend to.
            mask: which stored tokens exist; None for all.
            bias: added to the scores of every head.

        Returns:
            What each query token reads (b q d); the bias of ``out`` where the mask is empty.
        """
        q, k, v = (
            rearrange(project(tokens), "b n (h e) -> b h n e", h=self.heads)
            for project, tokens in ((self.query, query), (self.key, stored), (self.value, stored))
        )
        scores = q @ k.mT * k.shape[-1] ** -0.5
        if bias is not None:
            scores = scores + bias
        visible = None if mask is None else rearrange(mask, "b s -> b 1 1 s").expand_as(scores)
        read = self.dropout(masked_softmax(scores, visible)) @ v
        out: Tensor = self.out(rearrange(read, "b h q e -> b q (h e)"))
        return out


class AttentionReadout(nn.Module):
    """Pool tokens by learned weights: z = Σ_j softmax_j(F_j u) F_j, with u = 0 (the mean) at the start.

    Args:
        dim: d.

    Example:
        >>> readout = AttentionReadout(dim=8)
        >>> tokens = torch.randn(4, 3, 8)
        >>> torch.allclose(readout(tokens), tokens.mean(1), atol=1e-6)
        True
    """

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.u = nn.Parameter(torch.zeros(dim))

    def forward(self, tokens: Float[Tensor, "b n d"], mask: Bool[Tensor, "b n"] | None = None) -> Float[Tensor, "b d"]:
        """Pool the tokens.

        Args:
            tokens: F.
            mask: which tokens exist; None for all.

        Returns:
            z (b d); 0 where the mask is empty.
        """
        return (self.weights(tokens, mask).unsqueeze(-2) @ tokens).squeeze(-2)

    def weights(self, tokens: Float[Tensor, "b n d"], mask: Bool[Tensor, "b n"] | None = None) -> Float[Tensor, "b n"]:
        """Compute the weight of each token.

        Args:
            tokens: F.
            mask: which tokens exist; None for all.

        Returns:
            Weights (b n) that sum to 1, or to 0 where the mask is empty.
        """
        return masked_softmax(tokens @ self.u, mask)


class TransformerBlock(nn.Module):
    """Apply one transformer layer: x + A(LN x), then x + W₂ gelu(W₁ LN x) with a hidden width of 2 d.

    Args:
        dim: d.
        heads: attention heads; d must be a multiple.
        dropout: share of attention weights and of what each part adds that is dropped in training.

    Raises:
        ValueError: ``heads`` does not divide d.

    Example:
        >>> block = TransformerBlock(dim=8, heads=2, dropout=0.0)
        >>> block(torch.randn(4, 3, 8), torch.ones(4, 3, dtype=torch.bool)).shape
        torch.Size([4, 3, 8])
    """

    def __init__(self, dim: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.before, self.between = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.attend = Attention(dim, heads, dropout)
        self.widen, self.narrow = nn.Linear(dim, 2 * dim), nn.Linear(2 * dim, dim)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Float[Tensor, "b n d"], mask: Bool[Tensor, "b n"]) -> Float[Tensor, "b n d"]:
        """Transform the tokens.

        Args:
            x: tokens.
            mask: which tokens exist; the others are not attended to.

        Returns:
            The new tokens (b n d).
        """
        normed = self.before(x)
        x = x + self.dropout(self.attend(normed, normed, mask))
        out: Tensor = x + self.dropout(self.narrow(gelu(self.widen(self.between(x)))))
        return out
