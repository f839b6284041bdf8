"""HeLo's fusion (Zheng et al., *HeLo: heterogeneous multi-modal fusion with label correlation*, ACM Multimedia 2025).

    P = LN(H^e + Σ_a A_a(H^e, H^a))          the primary signal reads the other physiological ones
    T = Gromov-Wasserstein plan(P, B)         between physiological tokens P (n) and behavioural tokens B (m)
    P' = P + n T B,   B' = B + m Tᵀ P         each token is joined by its counterparts of the other side
    z = W [P'; B'] + b

Stated in the paper: cross-attention among the physiological signals and an optimal transport plan between them and the
behavioural ones. Independent reconstruction: P' and B', distances 1 − cosine within a side, ε and the iterations.

Differs from the paper: the tokens become one embedding, which is what a fusion returns, before the head makes one token
an emotion of it.
"""

from collections.abc import Mapping, Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from mpcl_core.plugin import Count, Fraction, Fusion, Modality, Positive, check_dropout, masked_cat
from mpcl_plugins.fusions._cross_attention import PrimaryAttention
from mpcl_plugins.fusions._token_counts import token_counts
from mpcl_plugins.fusions._transport import transport_plan


class HeLo(Fusion):
    """Attend among physiological signals, then transport them to the behavioural ones.

    An absent modality has no token; where one side is absent, only the tokens of the other are used.

    Args:
        primary: the physiological modality whose tokens are the queries, EEG in the paper.
        behavioural: the modalities of the other side; all others are physiological, and the primary reads them.
        heads: of each attention; d must be a multiple.
        epsilon: ε, the entropy of the plan.
        outer, inner: steps of the plan, and Sinkhorn iterations in each.
        dropout: share of what the queries read, and of the input of W, that is dropped in training.

    Raises:
        ValueError: the stream lacks ``primary`` or one of ``behavioural``; ``behavioural`` is empty or contains
            ``primary``; ``heads`` does not divide d; ``dropout`` is not in [0, 1); ``epsilon``, ``outer`` or ``inner``
            is not above 0.
    """

    name = "helo"

    def __init__(
        self,
        *,
        modalities: Sequence[Modality],
        n_tokens: Sequence[int],
        dim: int,
        primary: str,
        behavioural: tuple[str, ...],
        heads: Count = 4,
        epsilon: Positive = 0.1,
        outer: Count = 3,
        inner: Count = 5,
        dropout: Fraction = 0.0,
    ) -> None:
        super().__init__(modalities=modalities, n_tokens=n_tokens, dim=dim)
        check_dropout(dropout)
        counts = token_counts(self.modalities, self.n_tokens, primary, *behavioural)
        if not behavioural or primary in behavioural:
            raise ValueError(f"behavioural is {list(behavioural)}, but must name modalities, and not '{primary}'")
        if min(epsilon, outer, inner) <= 0:
            raise ValueError(f"epsilon is {epsilon}, outer {outer}, inner {inner}, but all must be above 0")
        self.behavioural, self.epsilon, self.outer, self.inner = behavioural, epsilon, outer, inner
        self.physiological = tuple(name for name in counts if name not in behavioural)
        self.read = PrimaryAttention(primary, [n for n in self.physiological if n != primary], dim, heads, dropout)
        self.dropout = nn.Dropout(dropout)
        self.project = nn.Linear((counts[primary] + sum(counts[name] for name in behavioural)) * dim, dim)

    def forward(
        self, tokens: Mapping[str, Float[Tensor, "b _ d"]], present: Mapping[str, Bool[Tensor, "b"]]
    ) -> Float[Tensor, "b d"]:
        P, B = self._sides(tokens, present)
        T = self._plan(P, B)
        joined = torch.cat([P + P.shape[-2] * T @ B, B + B.shape[-2] * T.mT @ P], dim=-2)
        z: Tensor = self.project(self.dropout(joined.flatten(-2)))
        return z

    @torch.no_grad()
    def diagnostics(
        self, tokens: Mapping[str, Float[Tensor, "b _ d"]], present: Mapping[str, Bool[Tensor, "b"]]
    ) -> dict[str, Tensor]:
        """Return the transport plan.

        Args:
            tokens: modality name -> tokens.
            present: modality name -> whether a window has it.

        Returns:
            ``plan`` T (b n m).
        """
        return {"plan": self._plan(*self._sides(tokens, present))}

    def _plan(self, P: Float[Tensor, "b n d"], B: Float[Tensor, "b m d"]) -> Float[Tensor, "b n m"]:
        return transport_plan(P, B, self.epsilon, self.outer, self.inner)

    def _sides(
        self, tokens: Mapping[str, Float[Tensor, "b _ d"]], present: Mapping[str, Bool[Tensor, "b"]]
    ) -> tuple[Float[Tensor, "b n d"], Float[Tensor, "b m d"]]:
        """Compute the tokens of the two sides.

        Returns:
            P and B, 0 where the side is absent.
        """
        physiological = torch.stack([present[name] for name in self.physiological]).any(0)
        B, _ = masked_cat([(tokens[name], present[name]) for name in self.behavioural])
        return self.read(tokens, present) * physiological[:, None, None], B
