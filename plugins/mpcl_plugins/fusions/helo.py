"""HeLo's fusion (Zheng et al., *HeLo: heterogeneous multi-modal fusion with label correlation*, ACM Multimedia 2025).

    P = LN(H^e + Σ_a A_a(H^e, H^a))          the primary signal reads the other physiological ones
    T = Gromov-Wasserstein plan(P, B)         between physiological tokens P (n) and behavioural tokens B (m)
    P' = P + n T B,   B' = B + m Tᵀ P         each token meets those of the other side that stand where it stands
    z = W [P'; B'] + b

Stated in the paper: cross-attention among the physiological signals and an optimal transport plan between them and the
behavioural ones. Independent reconstruction: P' and B', distances 1 − cosine within a side, ε and the iterations.

Differs from the paper: the tokens are drawn together to one embedding, which is what a fusion answers with, before the
head makes one token an emotion of it.
"""

from collections.abc import Mapping, Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from mpcl_core.plugin import Count, Fraction, Fusion, Modality, Positive, check_dropout, masked_cat
from mpcl_plugins.fusions._cross_reading import Reading
from mpcl_plugins.fusions._transport import plan


class HeLo(Fusion):
    """Cross-attention among physiological signals, then optimal transport to the behavioural ones.

    An absent modality has no token; where a whole side is absent, the other goes through alone.

    Args:
        primary: the physiological modality whose tokens ask, EEG in the paper.
        behavioural: the modalities of the other side; all that are in neither are physiological and are asked.
        heads: of each attention; d must be a multiple.
        epsilon: ε, the entropy of the plan.
        outer, inner: steps of the plan, and Sinkhorn iterations in each.
        dropout: share of what was read, and of the input of W, that is dropped in training.

    Raises:
        ValueError: the stream lacks ``primary`` or one of ``behavioural``, the latter is empty or holds the former;
            ``heads`` does not divide d; ``dropout`` is no share; ``epsilon``, ``outer`` or ``inner`` is not above 0.
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
        counts = {modality.name: n for modality, n in zip(self.modalities, self.n_tokens, strict=True)}
        _check_sides(counts, primary, behavioural)
        if min(epsilon, outer, inner) <= 0:
            raise ValueError(f"epsilon is {epsilon}, outer {outer}, inner {inner}, but all must be above 0")
        self.behavioural, self.epsilon, self.outer, self.inner = behavioural, epsilon, outer, inner
        self.physiological = tuple(name for name in counts if name not in behavioural)
        self.read = Reading(primary, [n for n in self.physiological if n != primary], dim, heads, dropout)
        self.dropout = nn.Dropout(dropout)
        self.project = nn.Linear((counts[primary] + sum(counts[name] for name in behavioural)) * dim, dim)

    def forward(
        self, tokens: Mapping[str, Float[Tensor, "b _ d"]], present: Mapping[str, Bool[Tensor, "b"]]
    ) -> Float[Tensor, "b d"]:
        P, B = self._sides(tokens, present)
        T = self._plan(P, B)
        met = torch.cat([P + P.shape[-2] * T @ B, B + B.shape[-2] * T.mT @ P], dim=-2)
        z: Tensor = self.project(self.dropout(met.flatten(-2)))
        return z

    @torch.no_grad()
    def diagnostics(
        self, tokens: Mapping[str, Float[Tensor, "b _ d"]], present: Mapping[str, Bool[Tensor, "b"]]
    ) -> dict[str, Tensor]:
        """``plan`` T (b n m)."""
        return {"plan": self._plan(*self._sides(tokens, present))}

    def _plan(self, P: Float[Tensor, "b n d"], B: Float[Tensor, "b m d"]) -> Float[Tensor, "b n m"]:
        return plan(P, B, self.epsilon, self.outer, self.inner)

    def _sides(
        self, tokens: Mapping[str, Float[Tensor, "b _ d"]], present: Mapping[str, Bool[Tensor, "b"]]
    ) -> tuple[Float[Tensor, "b n d"], Float[Tensor, "b m d"]]:
        """P and B, 0 where nothing of the side is there."""
        there = torch.stack([present[name] for name in self.physiological]).any(0)
        B, _ = masked_cat([(tokens[name], present[name]) for name in self.behavioural])
        return self.read(tokens, present) * there[:, None, None], B


def _check_sides(counts: Mapping[str, int], primary: str, behavioural: tuple[str, ...]) -> None:
    if missing := [name for name in (primary, *behavioural) if name not in counts]:
        raise ValueError(f"'{missing[0]}' is no modality of the stream, which has {', '.join(counts)}")
    if not behavioural or primary in behavioural:
        raise ValueError(f"behavioural is {list(behavioural)}, but must name modalities, and not '{primary}'")
