"""z = W ([1; u_1] ⊗ … ⊗ [1; u_a]) + b with u_a = tanh(W_a h̄_a + b_a), h̄_a the mean token of modality a.

Tensor fusion (Zadeh et al., EMNLP 2017): the outer product holds each modality alone, each pair, and so on. An absent
modality has u = 0, and only products without it remain.

Differs from the paper: each modality is first reduced to a few numbers, since the product grows with all widths.
"""

from collections.abc import Mapping, Sequence
from functools import reduce

from einops import einsum, rearrange
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn.functional import pad

from mpcl_core.plugin import Count, Fusion, Modality

LARGEST = 65536
"""The most products of one window."""


class TensorFusion(Fusion):
    """Fuse modalities by the outer product.

    Args:
        rank: length of each u, the numbers that a modality is reduced to.

    Raises:
        ValueError: ``rank`` is below 1, or (rank + 1) to the number of modalities is above 65536.
    """

    name = "tensor_fusion"

    def __init__(self, *, modalities: Sequence[Modality], n_tokens: Sequence[int], dim: int, rank: Count = 4) -> None:
        super().__init__(modalities=modalities, n_tokens=n_tokens, dim=dim)
        products = (rank + 1) ** len(self.modalities)
        if rank < 1 or products > LARGEST:
            raise ValueError(f"rank is {rank}, which gives {products} products; 1 to {LARGEST} are possible")
        self.narrow = nn.ModuleList(nn.Sequential(nn.Linear(dim, rank), nn.Tanh()) for _ in self.modalities)
        self.project = nn.Linear(products, dim)

    def forward(
        self, tokens: Mapping[str, Float[Tensor, "b _ d"]], present: Mapping[str, Bool[Tensor, "b"]]
    ) -> Float[Tensor, "b d"]:
        factors = [
            pad(narrow(tokens[m.name].mean(-2)) * present[m.name].unsqueeze(-1), (1, 0), value=1.0)
            for m, narrow in zip(self.modalities, self.narrow, strict=True)
        ]
        z: Tensor = self.project(reduce(_outer, factors))
        return z


def _outer(x: Float[Tensor, "b i"], y: Float[Tensor, "b j"]) -> Float[Tensor, "b ij"]:
    return rearrange(einsum(x, y, "b i, b j -> b i j"), "b i j -> b (i j)")
