"""Compute `zscore` and `robust` with operations of torch, for exported models; products and sums in float64."""

from collections.abc import Callable, Mapping

import torch
from jaxtyping import Float, Float64
from torch import Tensor

from mpcl_core.plugin import TransformModule, join_tables


class SampleMoments(TransformModule):
    """Normalise each channel of each window by its own mean and deviation over time."""

    def forward(self, X: Mapping[str, Tensor], present: Mapping[str, Tensor]) -> dict[str, Tensor]:
        return {name: self._normalised(x) for name, x in X.items()}

    @staticmethod
    def _normalised(x: Float[Tensor, "b c t"]) -> Float[Tensor, "b c t"]:
        values = x.double()
        mean = values.mean(-1, keepdim=True)
        deviation = (values - mean).square().mean(-1, keepdim=True).sqrt()
        is_constant = x.amax(-1, keepdim=True) == x.amin(-1, keepdim=True)
        return ((values - mean) / torch.where(is_constant, 1.0, deviation)).to(x.dtype)


class SampleQuartiles(TransformModule):
    """Normalise each channel of each window by its own median and interquartile range over time."""

    def forward(self, X: Mapping[str, Tensor], present: Mapping[str, Tensor]) -> dict[str, Tensor]:
        return {name: self._normalised(x) for name, x in X.items()}

    @staticmethod
    def _normalised(x: Float[Tensor, "b c t"]) -> Float[Tensor, "b c t"]:
        n = x.shape[-1]
        ordered = x.double().sort(-1).values
        low, median, high = (_quantile(ordered, share * (n - 1)) for share in (0.25, 0.5, 0.75))
        spread = torch.where(high > low, high - low, 1.0)
        return ((x - median) / spread).to(x.dtype)


class PersonMoments(TransformModule):
    """Normalise each modality by its moments over the windows that have it: all windows of one person.

    Args:
        tables: the modalities that are normalised by entry, over windows only.
        people: the people of the fitting windows, whose moments are merged with those of new windows.
    """

    takes_one_person = True

    def __init__(self, tables: frozenset[str], people: frozenset[str]) -> None:
        super().__init__(people=people)
        self.tables = tables

    def forward(self, X: Mapping[str, Tensor], present: Mapping[str, Tensor]) -> dict[str, Tensor]:
        changed = dict[str, Tensor]()
        for is_table in (True, False):
            for group in join_tables({name: x for name, x in X.items() if (name in self.tables) == is_table}):
                counted = group.by_value(group.stack(present).double())
                average = None if is_table else group.channel_mean
                changed |= group.split(self._normalised(group.join(X), counted, average))
        return {name: changed[name] for name in X}

    @staticmethod
    def _normalised(
        x: Float[Tensor, "b f"],
        counted: Float64[Tensor, "b _"],
        average: Callable[[Float64[Tensor, "1 f"]], Float64[Tensor, "1 f"]] | None,
    ) -> Float[Tensor, "b f"]:
        """Normalise values, 0 where they do not count, over windows, and with ``average`` over time.

        Sums of equal values in float32 are exact in float64, so that what never varies has a variance of 0.

        Returns:
            (x − μ) / σ in the precision of the values.
        """
        n = counted.sum(0, keepdim=True).clamp_min(1)
        values = x.double()
        mean = values.sum(0, keepdim=True) / n
        centred = values - (average(mean) if average else mean)
        variance = (centred * centred * counted).sum(0, keepdim=True) / n
        variance = average(variance) if average else variance
        return (centred / torch.where(variance > 0, variance.sqrt(), 1.0)).to(x.dtype)


def _quantile(ordered: Float[Tensor, "... t"], position: float) -> Float[Tensor, "... 1"]:
    """Interpolate between two ordered values, in float32 as the transform does.

    Returns:
        The value at a position between the first, 0, and the last.
    """
    below = int(position)
    above = min(below + 1, ordered.shape[-1] - 1)
    low, high = ordered[..., below, None], ordered[..., above, None]
    return (low + (position - below) * (high - low)).float()
