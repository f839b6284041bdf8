"""Multi-Scale Associative Fusion (MPCL, arXiv 2602.20530): the primary modality reads the others from a memory.

    A^{a,s} = softmax(β_s Ĥ^e Ĥ^aᵀ)      R^a = Σ_s ω_s A^{a,s} H^a W_v
    F = LN(H^e + Σ_a g_a R^a)            z = readout(F)

H^e are the tokens of the primary modality, H^a those of auxiliary a, a hat denotes unit length, ω = softmax(w).
Small β averages the stored tokens, large β returns the nearest.

Stated in the paper: EEG is primary and integrates the others through an associative memory at three scaling factors.
Independent reconstruction: the equations above, the values of β, the merge, the layer norm and the readout.

Differs from the paper: any modality can be primary, and each auxiliary has a learned gate g_a, which starts open. Where
the primary or an auxiliary carries little information, start the gate near zero: retrieval then grows only as far as it
reduces the loss.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

import torch
from einops import rearrange
from jaxtyping import Bool, Float
from torch import Tensor, nn

from mpcl_core.plugin import AttentionReadout, Fusion, Modality, Positive, expand_per_token, masked_mean
from mpcl_plugins.fusions._multi_scale import MultiScaleRetrieval, Scales
from mpcl_plugins.fusions._readout import Kind, make_readout
from mpcl_plugins.fusions._token_counts import token_counts


class MSAF(Fusion):
    """Fuse modalities by associative retrieval at several scales.

    An absent auxiliary contributes nothing; an absent primary is replaced by the mean token of the present
    auxiliaries; without any auxiliary only the primary is used.

    Args:
        primary: the modality whose tokens are the queries; they read those of the other modalities of the stream.
        betas: β_s, inverse temperatures, increasing.
        readout: reduction of the n fused tokens to one embedding: by weights that depend on the token, by a linear map
            of all tokens, or by their mean.
        memory: each auxiliary has a softmax of its own, or all compete in one.
        merge: scales are summed with learned weights ω, or concatenated and projected.
        projections: learned W_q and W_k before the similarity.
        learnable_betas: β is learned; it stays positive and in order.
        gate: the initial g_a.

    Raises:
        ValueError: the stream has no modality ``primary``; ``betas`` are not positive and increasing.
    """

    name = "msaf"

    def __init__(
        self,
        *,
        modalities: Sequence[Modality],
        n_tokens: Sequence[int],
        dim: int,
        primary: str,
        betas: tuple[Positive, ...] = (1.0, 4.0, 16.0),
        readout: Kind = "attention",
        memory: Literal["separate", "joint"] = "separate",
        merge: Literal["weighted", "concat"] = "weighted",
        projections: bool = False,
        learnable_betas: bool = False,
        gate: Positive = 1.0,
    ) -> None:
        super().__init__(modalities=modalities, n_tokens=n_tokens, dim=dim)
        counts = token_counts(self.modalities, self.n_tokens, primary)
        scales = Scales(betas, learnable_betas)
        self.primary, self.auxiliaries = primary, tuple(name for name in counts if name != primary)
        self.retrieval = (
            MultiScaleRetrieval(
                groups=[counts[name] for name in self.auxiliaries],
                dim=dim,
                scales=scales,
                joint=memory == "joint",
                concat=merge == "concat",
                projections=projections,
                gate=gate,
            )
            if self.auxiliaries
            else None
        )
        self.norm = nn.LayerNorm(dim)
        self.readout = make_readout(readout, counts[primary], dim)

    def forward(
        self, tokens: Mapping[str, Float[Tensor, "b _ d"]], present: Mapping[str, Bool[Tensor, "b"]]
    ) -> Float[Tensor, "b d"]:
        z: Tensor = self.readout(self._fused(tokens, present))
        return z

    def _fused(
        self, tokens: Mapping[str, Float[Tensor, "b _ d"]], present: Mapping[str, Bool[Tensor, "b"]]
    ) -> Float[Tensor, "b c d"]:
        if self.retrieval is None:
            joined = tokens[self.primary] * present[self.primary][:, None, None]
        else:
            query, stored, mask = self._retrieval_inputs(tokens, present)
            joined = query + self.retrieval(query, stored, mask)
        fused: Tensor = self.norm(joined)
        return fused

    def _retrieval_inputs(
        self, tokens: Mapping[str, Float[Tensor, "b _ d"]], present: Mapping[str, Bool[Tensor, "b"]]
    ) -> tuple[Float[Tensor, "b c d"], Float[Tensor, "b n d"], Bool[Tensor, "b g"]]:
        """Collect what the retrieval needs.

        Returns:
            The query tokens (b c d), the stored tokens (b n d), and which auxiliaries are present (b g).
        """
        stored = torch.cat([tokens[name] for name in self.auxiliaries], dim=-2)
        mask = torch.stack([present[name] for name in self.auxiliaries], dim=-1)
        counts = [tokens[name].shape[-2] for name in self.auxiliaries]
        substitute = masked_mean(stored, expand_per_token(mask, counts)).unsqueeze(-2)
        has_primary = present[self.primary][:, None, None].to(stored.dtype)
        query = torch.addcmul(substitute * (1.0 - has_primary), tokens[self.primary], has_primary)
        return query, stored, mask

    @torch.no_grad()
    def diagnostics(
        self, tokens: Mapping[str, Float[Tensor, "b _ d"]], present: Mapping[str, Bool[Tensor, "b"]]
    ) -> dict[str, Tensor]:
        """Return the attention maps, the scales and the weights of the readout.

        Args:
            tokens: modality name -> tokens.
            present: modality name -> whether a window has it.

        Returns:
            ``attention.<modality>`` (b s c n) of each auxiliary, ``betas`` (s), and ``readout`` (b c) where the readout
            is attention.
        """
        named: dict[str, Tensor] = {}
        if self.retrieval is not None:
            maps = rearrange(self.retrieval.attention(*self._retrieval_inputs(tokens, present)), "s b c n -> b s c n")
            parts = torch.split(maps, self.retrieval.groups, dim=-1)
            named = {f"attention.{name}": part for name, part in zip(self.auxiliaries, parts, strict=True)}
            named["betas"] = self.retrieval.scales()
        if isinstance(self.readout, AttentionReadout):
            named["readout"] = self.readout.weights(self._fused(tokens, present))
        return named
