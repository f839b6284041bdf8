"""The channels as a graph whose edges are learned: H = W relu(G(A) φ(x) Θ) + E, one token a channel.

    positive   A = relu(B), without self loops;  G φ = [T_0(L̃) φ, …, T_K(L̃) φ],  L̃ = -D^-½ A D^-½   (λ_max = 2)
    signed     A = B, with self loops;           G φ = (D^-½ A D^-½)^K φ,          D_ii = Σ_j |A_ij|

B is symmetric and shared by all windows, T_k are the Chebyshev polynomials, and E_c is a learned channel embedding.
*Positive* is DGCNN (Song et al., IEEE Transactions on Affective Computing 2020), *signed* is RGNN (Zhong et al., the
same 2020): neighbouring electrodes share signals, those that mirror each other may have opposite signs. φ is the
identity on features and the log power of learned bands on a signal, as in `channel_tokens`.

Equals torch-geometric's ``ChebConv`` and ``SGConv`` over the same edges, which pass messages along each of c² edges.

Differs from the papers: the graph convolution ends in tokens for a fusion, instead of a classifier; the graph starts
even, not at random; RGNN's adversary and label noise are left out; all pairs that mirror each other start negative.
"""

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import linear

from mpcl_core.plugin import Count, Encoder, Modality, Positive, make_channel_features
from mpcl_plugins.graph._adjacency import normalised_adjacency
from mpcl_plugins.graph._electrodes import nearness


class ChannelGraph(Encoder):
    """Encode each channel as one token that includes its neighbours.

    Args:
        weights: of the edges: ``positive`` as in DGCNN, or ``signed`` as in RGNN.
        start: of the edges: ``even``, every edge 1 and a self loop as heavy as the sum of a channel's edges; or by
            the distance of ``electrodes`` of the 10-20 system, from the channels' names.
        order: K, the largest distance in edges at which channels interact: the last Chebyshev polynomial, or the power.
        filters: number of learned band filters, on sampled signals.
        kernel: their length in seconds, on sampled signals; no longer than the window.

    Raises:
        ValueError: there are fewer than three channels; the start is ``electrodes`` and a channel's name is unknown;
            the filters are longer than the window.
    """

    name = "channel_graph"
    libraries = ("mpcl_plugins.graph._torch_geometric",)

    def __init__(
        self,
        *,
        modality: Modality,
        dim: int,
        weights: Literal["positive", "signed"] = "positive",
        start: Literal["even", "electrodes"] = "even",
        order: Count = 2,
        filters: Count = 16,
        kernel: Positive = 0.5,
    ) -> None:
        from mpcl_plugins.graph._torch_geometric import Linear

        super().__init__(modality=modality, dim=dim)
        c = self.n_tokens = modality.n_chans
        if c < 3:  # normalisation would take away the weight of a single edge
            raise ValueError(f"the channels of '{modality.name}' are {c}, but a graph needs three")
        self.signed, self.order = weights == "signed", order
        self.features, width = make_channel_features(modality, filters, kernel)
        even = torch.ones(c, c).fill_diagonal_(c - 1)
        self.edges = nn.Parameter(even if start == "even" else nearness(modality.ch_names, signed=self.signed))
        self.mix = Linear(width if self.signed else (order + 1) * width, dim, weight_initializer="glorot")
        self.project = nn.Linear(dim, dim)
        self.channel = nn.Parameter(torch.randn(c, dim) * dim**-0.5)

    def forward(self, x: Float[Tensor, "b c t"]) -> Float[Tensor, "b c d"]:
        mixed = self.mix(self._neighbours(self.features(x))).relu()
        return linear(mixed, self.project.weight) + (self.project.bias + self.channel)

    def adjacency(self) -> Float[Tensor, "c c"]:
        """Return A.

        Returns:
            The symmetric weights of the edges (c c).
        """
        B = (self.edges + self.edges.mT) / 2
        return B if self.signed else B.relu() * (1.0 - torch.eye(len(B), dtype=B.dtype, device=B.device))

    def _neighbours(self, x: Float[Tensor, "b c f"]) -> Float[Tensor, "b c f_"]:
        S = normalised_adjacency(self.adjacency())
        if self.signed:
            for _ in range(self.order):
                x = S @ x
            return x
        terms = [x, -S @ x]
        for _ in range(self.order - 1):
            terms.append(-2.0 * S @ terms[-1] - terms[-2])
        return torch.cat(terms, dim=-1)
