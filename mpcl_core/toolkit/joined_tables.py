"""Join small modalities in one matrix, so that an exported model computes all of them with one operation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import torch
from jaxtyping import Bool, Float, Shaped
from torch import Tensor

SMALL = 512
"""The largest number of values in a window of a modality that is joined; to copy more costs more than it saves."""


@dataclass(frozen=True)
class JoinedTables:
    """Hold which modalities are joined, in order; f values of a window in all.

    Args:
        shapes: modality name -> its numbers of channels and of values of a channel, at least one modality.
    """

    shapes: Mapping[str, tuple[int, int]]

    def join(self, X: Mapping[str, Float[Tensor, "b _ _"]]) -> Float[Tensor, "b f"]:
        """Return the values of all modalities.

        Args:
            X: modality name -> values.

        Returns:
            (b f), one modality after the other.
        """
        parts = [X[name].flatten(1) for name in self.shapes]
        return parts[0] if len(parts) == 1 else torch.cat(parts, 1)

    def split(self, values: Float[Tensor, "b f"]) -> dict[str, Tensor]:
        """Return the values of each modality.

        Args:
            values: as `join` returns them.

        Returns:
            Modality name -> (b c t).
        """
        stops = list(accumulate(self._sizes))
        return {
            name: values[:, stop - size : stop].reshape(-1, *shape)
            for (name, shape), size, stop in zip(self.shapes.items(), self._sizes, stops, strict=True)
        }

    def stack(self, present: Mapping[str, Bool[Tensor, "b"]]) -> Bool[Tensor, "b m"]:
        """Return the presence masks of all modalities.

        Args:
            present: modality name -> mask.

        Returns:
            (b m), one column a modality.
        """
        return torch.stack([present[name] for name in self.shapes], 1)

    def unstack(self, columns: Shaped[Tensor, "b m"]) -> dict[str, Tensor]:
        """Return the column of each modality.

        Args:
            columns: one column a modality.

        Returns:
            Modality name -> (b).
        """
        return {name: columns[:, number] for number, name in enumerate(self.shapes)}

    def by_modality(self, values: Float[Tensor, "b f"]) -> Float[Tensor, "b m"]:
        """Add the values of each modality.

        Args:
            values: as `join` returns them.

        Returns:
            (b m) sums.
        """
        return values.sum(1, keepdim=True) if len(self.shapes) == 1 else values @ _members(self._sizes, values).T

    def by_value(self, columns: Float[Tensor, "b m"]) -> Float[Tensor, "b _"]:
        """Repeat the column of each modality for each of its values.

        Args:
            columns: one column a modality.

        Returns:
            (b f); (b 1), which broadcasts, for a single modality.
        """
        return columns if len(self.shapes) == 1 else columns @ _members(self._sizes, columns)

    def channel_mean(self, values: Float[Tensor, "b f"]) -> Float[Tensor, "b f"]:
        """Return the mean of each channel for each of its values.

        Args:
            values: as `join` returns them.

        Returns:
            (b f).
        """
        if len(self.shapes) == 1:
            ((_, t),) = self.shapes.values()
            by_channel = values.reshape(values.shape[0], -1, t)
            return (by_channel.sum(-1, keepdim=True) / t).expand_as(by_channel).flatten(1)
        sizes = [t for c, t in self.shapes.values() for _ in range(c)]
        members = _members(sizes, values)
        return (values @ members.T / torch.tensor(sizes, dtype=values.dtype)) @ members

    @property
    def _sizes(self) -> list[int]:
        return [c * t for c, t in self.shapes.values()]


def join_tables(X: Mapping[str, Float[Tensor, "b _ _"]]) -> list[JoinedTables]:
    """Group modalities: the small ones are joined, each larger one stays by itself.

    Args:
        X: modality name -> values.

    Returns:
        The groups; none where there is no modality.

    Example:
        >>> X = {"eeg": torch.zeros(2, 32, 512), "gsr": torch.ones(2, 1, 3), "face": torch.zeros(2, 1, 2)}
        >>> [list(group.shapes) for group in join_tables(X)]
        [['gsr', 'face'], ['eeg']]
        >>> join_tables(X)[0].join(X)[0]
        tensor([1., 1., 1., 0., 0.])
    """
    shapes = {name: (x.shape[1], x.shape[2]) for name, x in X.items()}
    small = {name: shape for name, shape in shapes.items() if shape[0] * shape[1] <= SMALL}
    groups = [small, *({name: shape} for name, shape in shapes.items() if name not in small)]
    return [JoinedTables(group) for group in groups if group]


def _members(sizes: Sequence[int], like: Float[Tensor, "b _"]) -> Float[Tensor, "m f"]:
    """Return 1 where a value belongs to a part of a row, else 0.

    Returns:
        (m f) in the precision of another tensor.
    """
    owners = [number for number, size in enumerate(sizes) for _ in range(size)]
    rows = [[float(owner == number) for owner in owners] for number in range(len(sizes))]
    return torch.tensor(rows, dtype=like.dtype)
