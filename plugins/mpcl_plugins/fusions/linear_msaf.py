"""Multi-Scale Associative Fusion beside a linear path: z = W [h_1; …; h_n] + b + g Σ_p MSAF_p(h).

h are the tokens of all modalities, 0 where one is absent, and MSAF_p is `msaf` with modality p as the primary one, for
every modality p of the stream. There is no layer norm on the sum. MSAF alone ends in a norm, which takes the size of a
deviation away: a trial in which nothing happens then looks as far from the mean as one in which much does. The linear
path keeps it, and g, which is learned and starts small, lets retrieval grow only as far as it reduces the loss.

Differs from the paper (MPCL, arXiv 2602.20530): the linear path, g, and that every modality reads the others.
"""

from collections.abc import Mapping, Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from mpcl_core.plugin import Fusion, Modality, Positive
from mpcl_plugins.fusions.msaf import MSAF


class LinearMSAF(Fusion):
    """Add associative retrieval at several scales to a linear map of all tokens.

    An absent modality contributes nothing to the linear map. A stream of one modality has the linear map only.

    Args:
        betas: β_s of every MSAF, inverse temperatures, increasing.
        gate: the initial g.

    Raises:
        ValueError: ``betas`` are not positive and increasing.
    """

    name = "linear_msaf"

    def __init__(
        self,
        *,
        modalities: Sequence[Modality],
        n_tokens: Sequence[int],
        dim: int,
        betas: tuple[Positive, ...] = (1.0, 4.0, 16.0),
        gate: Positive = 0.1,
    ) -> None:
        super().__init__(modalities=modalities, n_tokens=n_tokens, dim=dim)
        names = [modality.name for modality in self.modalities] if len(self.modalities) > 1 else []
        self.linear = nn.Linear(sum(self.n_tokens) * dim, dim)
        self.gate = nn.Parameter(torch.full((), gate)) if names else None
        self.retrievals = nn.ModuleList(
            MSAF(modalities=modalities, n_tokens=n_tokens, dim=dim, primary=name, betas=betas) for name in names
        )

    def forward(
        self, tokens: Mapping[str, Float[Tensor, "b _ d"]], present: Mapping[str, Bool[Tensor, "b"]]
    ) -> Float[Tensor, "b d"]:
        names = [modality.name for modality in self.modalities]
        known = [tokens[name] * present[name][:, None, None] for name in names]
        z: Tensor = self.linear(torch.cat([each.flatten(-2) for each in known], dim=-1))
        if self.gate is None:
            return z
        return z + self.gate * torch.stack([retrieval(tokens, present) for retrieval in self.retrievals]).sum(0)

    @torch.no_grad()
    def diagnostics(
        self, tokens: Mapping[str, Float[Tensor, "b _ d"]], present: Mapping[str, Bool[Tensor, "b"]]
    ) -> dict[str, Tensor]:
        """Return g and the diagnostics of the MSAF whose primary modality comes first in the stream.

        Args:
            tokens: modality name -> tokens.
            present: modality name -> whether a window has it.

        Returns:
            ``gate`` and those of `msaf`; nothing for a stream of one modality.
        """
        if self.gate is None:
            return {}
        first: MSAF = self.retrievals[0]  # type: ignore[assignment]
        return {"gate": self.gate.detach().clone(), **first.diagnostics(tokens, present)}
