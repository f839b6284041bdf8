"""Average a random share of each trial's windows, drawn anew for each training step (``pool.keep``).

Each window draws u ~ U(0, 1); of a trial with n windows the round(keep · n) with the smallest u are averaged, at least
one. A modality enters with its mean over those of them that have it.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from mpcl_core.data.pooling import pool_windows
from mpcl_core.interfaces.data import Batch, WindowSet
from mpcl_core.training.windows.affine_maps import AffineMaps
from mpcl_core.training.windows.device_windows import DeviceWindows, WindowTensors, gather_signals, tensor_dtype
from mpcl_core.training.windows.subject_maps import SubjectMaps


@dataclass(frozen=True)
class Bags:
    """Hold the windows that a training step averages: b trials of at most l windows.

    Args:
        windows: (b l) positions of the windows in their phase; padding repeats one of the trial.
        is_drawn: (b l) whether the window takes part.
    """

    windows: Int64[Tensor, "b l"]
    is_drawn: Bool[Tensor, "b l"]


class TrialBags:
    """Draw bags of windows from the trials of a phase.

    Args:
        windows: the windows of the phase.
        keep: the share of a trial's windows in a bag.
        device: where the bags lie.
    """

    def __init__(self, windows: WindowSet, keep: float, device: torch.device) -> None:
        trials = pool_windows(windows)
        self.D, self.weight = (
            torch.tensor(values, dtype=tensor_dtype(values), device=device)
            for values in (trials.windows.D, trials.windows.weight)
        )
        number = torch.as_tensor(trials.trial)
        counts = torch.bincount(number)
        order = torch.argsort(number, stable=True)
        place = torch.arange(len(order)) - (counts.cumsum(0) - counts)[number[order]]
        first = order[counts.cumsum(0) - counts]
        self.keep, self.device, self.counts = keep, device, counts
        self.windows = first[:, None].repeat(1, int(counts.max()))
        self.windows[number[order], place] = order

    def __len__(self) -> int:
        return len(self.counts)

    def shuffled_positions(self, size: int, generator: torch.Generator) -> tuple[Int64[Tensor, "_"], ...]:
        """Shuffle the positions of all trials and split them into batches.

        Args:
            size: trials in a batch, at most.
            generator: draws the order.

        Returns:
            The positions of each batch.
        """
        return torch.split(torch.randperm(len(self), generator=generator).to(self.device), size)

    def draw(self, positions: Int64[Tensor, "b"], generator: torch.Generator) -> Bags:
        """Draw the windows of some trials.

        Args:
            positions: (b,) of the trials.
            generator: draws on the CPU.

        Returns:
            The bags, in the order of the positions.
        """
        chosen = positions.cpu()
        windows, counts = self.windows[chosen], self.counts[chosen, None]
        drawn = torch.rand(windows.shape, generator=generator)
        drawn = torch.where(torch.arange(windows.shape[1]) < counts, drawn, 2.0)
        rank = drawn.argsort(1).argsort(1)
        is_drawn = rank < (self.keep * counts).round().clamp(min=1)
        return Bags(windows.to(self.device), is_drawn.to(self.device))

    def batch(self, windows: DeviceWindows, positions: Int64[Tensor, "b"], generator: torch.Generator) -> Batch:
        """Average a bag of each of some trials.

        Args:
            windows: the windows of the phase on the device.
            positions: (b,) of the trials.
            generator: draws the bags on the CPU.

        Returns:
            The batch, in the order of the positions.
        """
        bags, tensors = self.draw(positions, generator), windows.tensors
        X, present = average_bags(tensors, windows.index[bags.windows], bags.is_drawn, windows.maps)
        return Batch(X, present, self.D[positions], self.weight[positions])


def average_bags(
    tensors: WindowTensors, index: Int64[Tensor, "*b l"], is_drawn: Bool[Tensor, "*b l"], maps: AffineMaps | SubjectMaps
) -> tuple[dict[str, Float[Tensor, "*b _ _"]], dict[str, Bool[Tensor, "*b"]]]:
    """Average every modality over the windows of bags.

    Args:
        tensors: hold the windows.
        index: the positions of the bags' windows in the tensors.
        is_drawn: which of them take part.
        maps: what is done to the signals before.

    Returns:
        Modality name -> means, and modality name -> whether a drawn window has it.
    """
    values, has = gather_signals(tensors, index, maps)
    averages = {name: average(values[name], has[name], is_drawn) for name in values}
    return {name: mean for name, (mean, _) in averages.items()}, {name: found for name, (_, found) in averages.items()}


def average(
    values: Float[Tensor, "*b l c t"], present: Bool[Tensor, "*b l"], is_drawn: Bool[Tensor, "*b l"]
) -> tuple[Float[Tensor, "*b c t"], Bool[Tensor, "*b"]]:
    """Average a modality over the drawn windows that have it.

    Args:
        values: its values.
        present: which windows have it.
        is_drawn: which windows take part.

    Returns:
        The means, 0 where no drawn window has the modality, and whether one has it.

    Example:
        >>> mean, present = average(torch.tensor([[[[1.0]], [[3.0]]]]), torch.ones(1, 2) > 0, torch.ones(1, 2) > 0)
        >>> mean.item(), present.item()
        (2.0, True)
    """
    takes_part = (present & is_drawn).to(values.dtype)
    n = takes_part.sum(-1)
    total = (values * takes_part[..., None, None]).sum(-3)
    return total / n.clamp(min=1)[..., None, None], n > 0
