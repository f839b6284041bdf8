"""softmax(Q Kᵀ / √(d/h) + bias) V in h heads, within a row: tokens of one row never see another's."""

from einops import rearrange
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn.functional import gelu

from mpcl_core.toolkit.masking import masked_softmax


class Attention(nn.Module):
    """Multi-head attention, without biases on queries and keys, whose gradient would be 0.

    Args:
        dim: d.
        heads: h.
        dropout: share of the attention weights that are dropped in training.

    Raises:
        ValueError: d is no multiple of h.
    """

    def __init__(self, dim: int, heads: int, dropout: float = 0.0) -> None:
        super().__init__()
        if heads < 1 or dim % heads:
            raise ValueError(f"heads is {heads}, but must divide dim, which is {dim}")
        self.heads = heads
        self.query = nn.Linear(dim, dim, bias=False)
        self.key = nn.Linear(dim, dim, bias=False)
        self.value = nn.Linear(dim, dim)
        self.dropout = nn.Dropout(dropout)
        self.out = nn.Linear(dim, dim)

    def forward(
        self,
        asking: Float[Tensor, "b q d"],
        stored: Float[Tensor, "b s d"],
        mask: Bool[Tensor, "b s"] | None = None,
        bias: Float[Tensor, "q s"] | None = None,
    ) -> Float[Tensor, "b q d"]:
        """What the asking tokens read. Stored tokens where ``mask`` is false do not exist.

        Args:
            asking, stored: the tokens.
            mask: which stored tokens are there; all where none is given.
            bias: added to the scores of every head.
        """
        q, k, v = (
            rearrange(project(tokens), "b n (h e) -> b h n e", h=self.heads)
            for project, tokens in ((self.query, asking), (self.key, stored), (self.value, stored))
        )
        scores = q @ k.mT * k.shape[-1] ** -0.5
        if bias is not None:
            scores = scores + bias
        there = None if mask is None else rearrange(mask, "b s -> b 1 1 s").expand_as(scores)
        read = self.dropout(masked_softmax(scores, there)) @ v
        out: Tensor = self.out(rearrange(read, "b h q e -> b q (h e)"))
        return out


class TransformerBlock(nn.Module):
    """A layer of a transformer: x + A(LN x), then x + W₂ gelu(W₁ LN x) with a hidden width of 2 d."""

    def __init__(self, dim: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.before, self.between = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.attend = Attention(dim, heads, dropout)
        self.widen, self.narrow = nn.Linear(dim, 2 * dim), nn.Linear(2 * dim, dim)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Float[Tensor, "b n d"], there: Bool[Tensor, "b n"]) -> Float[Tensor, "b n d"]:
        calm = self.before(x)
        x = x + self.dropout(self.attend(calm, calm, there))
        out: Tensor = x + self.dropout(self.narrow(gelu(self.widen(self.between(x)))))
        return out


def check_dropout(dropout: float) -> None:
    """That it is a share.

    Raises:
        ValueError: it is not in [0, 1).
    """
    if not 0 <= dropout < 1:
        raise ValueError(f"dropout is {dropout}, but must be from 0 and below 1")
