"""Breathing: H = w ⊗ [log s; log (s' / 2πs)] + b, a token of how deep and a token of how fast (Hz).

s is the spread of a window, s' that of its slope; of a sine, s' / s is its angular frequency (Hjorth, 1970).
"""

from math import pi

from torch import Tensor, nn, randn, stack

from mpcl_core.plugin import Component, Encoder, Modality, hookimpl


class Respiration(Encoder):
    """Depth and rate of breathing, from a belt or any other signal that goes up and down with it."""

    name = "respiration"

    def __init__(self, *, modality: Modality, dim: int) -> None:
        super().__init__(modality=modality, dim=dim)
        self.n_tokens, self.sfreq = 2, modality.sfreq or 1.0
        self.weight, self.bias = (nn.Parameter(randn(2, dim) * dim**-0.5) for _ in range(2))

    def forward(self, x: Tensor) -> Tensor:
        return self.breathing(x).log().unsqueeze(-1) * self.weight + self.bias

    def breathing(self, x: Tensor) -> Tensor:
        """(b c t) -> (b 2): depth in the signal's unit and rate in Hz, means over the channels."""
        depth = (x.var(-1, correction=0) + 1e-10).sqrt()
        slope = (x.diff().square().mean(-1) + 1e-10).sqrt() * self.sfreq
        return stack([depth, slope / depth / (2 * pi)], -1).mean(1)


@hookimpl
def mpcl_components() -> list[type[Component]]:
    return [Respiration]
