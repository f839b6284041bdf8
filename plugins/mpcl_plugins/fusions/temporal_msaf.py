"""z = W [h̄_1 + g R_1; …; h̄_n + g R_n] + b: MSAF whose scales are times, inside a linear path.

    C_apm = mean of h^a inside episode (p, m) − mean of h^a outside it
    e_apm = n_pm ‖C_apm‖² / σ_a²,    σ_a² = mean_t ‖h^a_{t+1} − h^a_t‖² / 2
    A_m   = softmax_m(Σ_a β_a Σ_p ω_ap e_apm)
    R_a   = Σ_m A_m Σ_p ω_ap C_apm,    ω_a = softmax(w_a)

h^a are the tokens of modality a in the order of time, and h̄_a is their mean. Episode (p, m) is the share p of the
window (a scale) that lies at moment m: it begins at m (1 − p), so that episodes of different scales at the same moment
contain one another. n_pm = 1 / (1 / n_in + 1 / n_out) with the number of tokens on both sides. e is how far a modality
departs from the rest of the window in an episode, in units of what its tokens change by from one to the next. All
modalities vote for the moment, each with its own time scales ω_a, and each is read at the moment that they agree on. A
scale of 1 is the whole window, which differs from nothing.

The contrast of an episode with the rest of the window is free of all that the whole window has in common, a drift for
example. No linear map can form it where the moment differs from trial to trial. With g = 0 this is `concat`, and g is
not learned then, so that a search can leave retrieval out.

Differs from the paper (MPCL, arXiv 2602.20530): scales are times, not inverse temperatures; what is retrieved is a
moment, by the norm of a contrast instead of the cosine of two tokens; no layer norm; all modalities ask. Independent
addition, which the recipe `regimes/episodes` compares with linear maps.
"""

from collections.abc import Mapping, Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from mpcl_core.plugin import Count, Fusion, Modality, NonNegative, Positive

TINY = 1e-4


class TemporalMSAF(Fusion):
    """Read all modalities at the moment of the window at which they depart from the rest of it.

    Tokens have to follow each other in time (`part_tokens`, `conv_tokens`). A modality with one token, or an absent
    one, has no contrast: it neither votes nor is read. A stream without two tokens of a modality retrieves nothing.

    Args:
        scales: p, shares of the window, from above 0 to 1.
        moments: how many moments m, evenly spaced from 0 (the beginning of the window) to 1 (its end).
        beta: the initial β of every modality, an inverse temperature.
        gate: the initial g; 0 leaves retrieval out.

    Raises:
        ValueError: ``scales`` are empty or above 1.
    """

    name = "temporal_msaf"

    def __init__(
        self,
        *,
        modalities: Sequence[Modality],
        n_tokens: Sequence[int],
        dim: int,
        scales: tuple[Positive, ...] = (0.2, 0.4, 0.6, 0.8, 1.0),
        moments: Count = 11,
        beta: Positive = 1.0,
        gate: NonNegative = 1.0,
    ) -> None:
        super().__init__(modalities=modalities, n_tokens=n_tokens, dim=dim)
        if not scales or max(scales) > 1:
            raise ValueError(f"scales must be shares of the window from above 0 to 1, not {list(scales)}")
        self.names = [modality.name for modality in self.modalities]
        self.linear = nn.Linear(len(self.names) * dim, dim)
        self.is_temporal = gate > 0 and max(self.n_tokens) > 1
        if not self.is_temporal:
            return
        for number, n in enumerate(self.n_tokens):
            contrast, size = _episodes(scales, moments, n)
            self.register_buffer(f"contrast_{number}", contrast, persistent=False)
            self.register_buffer(f"size_{number}", size, persistent=False)
        self.scale_logits = nn.Parameter(torch.zeros(len(self.names), len(scales)))
        self.log_beta = nn.Parameter(torch.full((len(self.names),), beta).log())
        self.gate = nn.Parameter(torch.full((), float(gate)))

    def forward(
        self, tokens: Mapping[str, Float[Tensor, "b _ d"]], present: Mapping[str, Bool[Tensor, "b"]]
    ) -> Float[Tensor, "b d"]:
        known = self._known(tokens, present)
        read = [each.mean(-2) for each in known]
        if self.is_temporal:
            read = [mean + self.gate * found for mean, found in zip(read, self._retrieved(known), strict=True)]
        z: Tensor = self.linear(torch.cat(read, dim=-1))
        return z

    def _known(
        self, tokens: Mapping[str, Float[Tensor, "b _ d"]], present: Mapping[str, Bool[Tensor, "b"]]
    ) -> list[Float[Tensor, "b _ d"]]:
        return [tokens[name] * present[name][:, None, None] for name in self.names]

    def _retrieved(self, known: Sequence[Float[Tensor, "b _ d"]]) -> list[Float[Tensor, "b d"]]:
        """Read the contrast of each modality at the moment on which all agree.

        Returns:
            R_a (b d) of each modality.
        """
        moments, omega = self._moments(known), self.scale_logits.softmax(-1)
        found = []
        for number, each in enumerate(known):
            weights = moments @ torch.tensordot(omega[number], self.get_buffer(f"contrast_{number}"), dims=1)
            found.append((weights.unsqueeze(-2) @ each).squeeze(-2))
        return found

    def _moments(self, known: Sequence[Float[Tensor, "b _ d"]]) -> Float[Tensor, "b m"]:
        """Weigh the moments of each window by the votes of all modalities.

        Returns:
            A (b m), which sums to 1.
        """
        omega, votes = self.scale_logits.softmax(-1), []
        for number, each in enumerate(known):
            departure = _departure(each, self.get_buffer(f"contrast_{number}"), self.get_buffer(f"size_{number}"))
            votes.append(self.log_beta[number].exp() * (omega[number].unsqueeze(-1) * departure).sum(-2))
        return torch.stack(votes).sum(0).softmax(-1)

    @torch.no_grad()
    def diagnostics(
        self, tokens: Mapping[str, Float[Tensor, "b _ d"]], present: Mapping[str, Bool[Tensor, "b"]]
    ) -> dict[str, Tensor]:
        """Return the moments of the windows, and the time scales and votes of the modalities.

        Args:
            tokens: modality name -> tokens.
            present: modality name -> whether a window has it.

        Returns:
            ``moments`` A (b m), ``scales`` ω (a s), ``beta`` (a) and ``gate``; nothing without retrieval.
        """
        if not self.is_temporal:
            return {}
        return {
            "moments": self._moments(self._known(tokens, present)),
            "scales": self.scale_logits.softmax(-1),
            "beta": self.log_beta.exp(),
            "gate": self.gate.detach().clone(),
        }


def _departure(
    tokens: Float[Tensor, "b n d"], contrast: Float[Tensor, "s m n"], size: Float[Tensor, "s m"]
) -> Float[Tensor, "b s m"]:
    """Compute e_pm from the products of all pairs of tokens, which are fewer than the contrasts.

    Returns:
        How far each episode departs from the rest of the window (b s m).
    """
    flat = contrast.flatten(0, 1)
    square: Tensor = ((flat @ (tokens @ tokens.mT)) * flat).sum(-1)
    noise: Tensor = tokens.diff(dim=-2).square().sum((-2, -1)) / (2 * max(tokens.shape[-2] - 1, 1))
    return square.view(-1, *size.shape) * size / (noise + TINY)[:, None, None]


def _episodes(scales: Sequence[float], moments: int, n: int) -> tuple[Float[Tensor, "s m n"], Float[Tensor, "s m"]]:
    """Return the weights with which n tokens form the contrast of each episode, and n_pm.

    Returns:
        Weights (s m n), which sum to 0, and n_pm (s m); both 0 where less than half a token is outside.
    """
    edges = torch.arange(n + 1) / n
    share = torch.tensor(list(scales))[:, None, None]
    first = torch.linspace(0, 1, moments)[None, :, None] * (1 - share)
    inside = (torch.minimum(edges[1:], first + share) - torch.maximum(edges[:-1], first)).clamp_min(0.0) * n
    n_in, n_out = inside.sum(-1, keepdim=True), (1 - inside).sum(-1, keepdim=True)
    has_rest = n_out > 0.5 - TINY
    contrast = (inside / n_in - (1 - inside) / n_out.clamp_min(0.5)) * has_rest
    return contrast, (has_rest / (1 / n_in + 1 / n_out.clamp_min(0.5))).squeeze(-1)
