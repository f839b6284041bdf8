"""Define network components that each fail exactly one check of the contract."""

from typing import Any

import numpy as np
import torch
from torch import nn

from mpcl_core.interfaces.components import Encoder, Fusion, Memory, Objective, Retrieval
from mpcl_core.interfaces.data import Modality, Recall
from mpcl_core.toolkit.masking import masked_softmax, normalise


class Plain(Encoder):
    """Map each channel linearly; keep the contract."""

    name = "plain"

    def __init__(self, *, modality: Modality, dim: int) -> None:
        super().__init__(modality=modality, dim=dim)
        self.n_tokens = modality.n_chans
        self.read = nn.Linear(modality.n_times or 1, dim)

    def forward(self, x: Any) -> Any:
        return self.read(x)


class Narrow(Plain):
    """Return tokens of another width."""

    def forward(self, x: Any) -> Any:
        return self.read(x)[..., 1:]


class FixedNumber(Plain):
    """Fix the number of windows when it is recorded for an export."""

    def forward(self, x: Any) -> Any:
        return self.read(x).reshape(len(x), self.n_tokens, -1)


class Unused(Plain):
    """Have a parameter that is not used."""

    def __init__(self, *, modality: Modality, dim: int) -> None:
        super().__init__(modality=modality, dim=dim)
        self.idle = nn.Parameter(torch.zeros(3))


class Mixing(Plain):
    """Centre each batch."""

    def forward(self, x: Any) -> Any:
        return self.read(x - x.mean(0))


class Drawn(Plain):
    """Return tokens that depend on the random state."""

    def forward(self, x: Any) -> Any:
        return self.read(x) * (1 + torch.initial_seed() % 2)


class Forgetful(Plain):
    """Store what it observes in an attribute that is no buffer."""

    scale = 1.0

    def observe(self, D: Any, weight: Any) -> None:
        self.scale = float(D.max())

    def forward(self, x: Any) -> Any:
        return self.read(x) * self.scale


class Stuck(Plain):
    """Hold a tensor that is no buffer."""

    def __init__(self, *, modality: Modality, dim: int) -> None:
        super().__init__(modality=modality, dim=dim)
        self.scale = torch.full((dim,), 2.0)

    def forward(self, x: Any) -> Any:
        return self.read(x) * self.scale


class Counting(Plain):
    """Count calls in a buffer."""

    def __init__(self, *, modality: Modality, dim: int) -> None:
        super().__init__(modality=modality, dim=dim)
        self.register_buffer("calls", torch.zeros(()))

    def forward(self, x: Any) -> Any:
        self.calls += 1
        return self.read(x)


class Infinite(Plain):
    """Divide by a value that may be zero."""

    def forward(self, x: Any) -> Any:
        return self.read(x / x.std(-1, keepdim=True))


class Seeding(Plain):
    """Seed numpy."""

    def forward(self, x: Any) -> Any:
        np.random.seed(0)  # noqa: NPY002
        return self.read(x)


class Filling(Plain):
    """Write to a new tensor in place, which fails for stacked copies."""

    def forward(self, x: Any) -> Any:
        answer = torch.zeros((*x.shape[:2], self.dim), dtype=x.dtype, device=x.device)
        answer[:] = self.read(x)
        return answer


class Demanding(Plain):
    """Have a number without a default.

    Args:
        width: not used.
    """

    def __init__(self, *, modality: Modality, dim: int, width: int) -> None:
        super().__init__(modality=modality, dim=dim)


class Silent(Plain):
    """Leave a parameter undocumented."""

    def __init__(self, *, modality: Modality, dim: int, width: int = 3) -> None:
        super().__init__(modality=modality, dim=dim)


class Leaky(Fusion):
    """Ignore that a modality may be absent."""

    name = "leaky"

    def forward(self, tokens: Any, present: Any) -> Any:
        return torch.stack([value.mean(-2) for value in tokens.values()]).mean(0)


class Unmasked(Retrieval):
    """Ignore the mask of the stored patterns."""

    name = "unmasked"

    def forward(self, query: Any, stored: Any, mask: Any = None) -> Any:
        return masked_softmax(query @ stored.mT, None) @ stored


class Bank(Memory):
    """Move prototypes towards the mean of the windows; keep the contract."""

    name = "bank"

    def __init__(self, *, n_outputs: int, dim: int) -> None:
        super().__init__(n_outputs=n_outputs, dim=dim)
        self.register_buffer("prototypes", torch.randn(n_outputs, 1, dim))

    def forward(self, z: Any) -> Any:
        weights = (normalise(z) @ self.prototypes[:, 0].mT).softmax(-1)
        return Recall(z + weights @ self.prototypes[:, 0], weights.unsqueeze(-1))

    def updated(self, z: Any, D: Any, weight: Any) -> Any:
        mean = (z * weight.unsqueeze(-1)).sum(0) / weight.sum()
        return {"prototypes": (self.prototypes + mean) / 2}


class Overfull(Bank):
    """Return weights that sum to 2."""

    def forward(self, z: Any) -> Any:
        recall = super().forward(z)
        return recall._replace(weights=2 * recall.weights)


class Writing(Bank):
    """Write the prototypes in ``updated``."""

    def updated(self, z: Any, D: Any, weight: Any) -> Any:
        self.prototypes.mul_(2)
        return {}


class Padded(Bank):
    """Use windows of weight 0 in updates."""

    def updated(self, z: Any, D: Any, weight: Any) -> Any:
        return super().updated(z, D, torch.ones_like(weight))


class Unweighted(Objective):
    """Use windows of weight 0 in the loss."""

    name = "unweighted"

    def forward(self, state: Any, batch: Any) -> Any:
        return (state.logits.softmax(-1) - batch.D).square().mean()


class Peeking(Objective):
    """Need labels, and say that it needs none."""

    name = "peeking"
    unlabelled = True

    def forward(self, state: Any, batch: Any) -> Any:
        error = (state.logits.softmax(-1) - batch.D).square().sum(-1)
        return (batch.weight * error).sum() / batch.weight.sum()


VALID: list[tuple[type, dict[str, Any]]] = [(Plain, {}), (Bank, {})]
BROKEN: list[tuple[str, type, dict[str, Any]]] = [
    ("shapes", Narrow, {}),
    ("gradients", Unused, {}),
    ("windows_do_not_mix", Mixing, {}),
    ("deterministic", Drawn, {}),
    ("state_dict", Forgetful, {}),
    ("device_and_dtype", Stuck, {}),
    ("no_in_place_changes", Counting, {}),
    ("finite_at_extremes", Infinite, {}),
    ("process_state_unchanged", Seeding, {}),
    ("stackable", Filling, {}),
    ("any_number_of_windows", FixedNumber, {}),
    ("parameters_have_defaults", Demanding, {"width": 3}),
    ("parameters_are_documented", Silent, {}),
    ("absent_has_no_influence", Leaky, {}),
    ("masked_has_no_influence", Unmasked, {}),
    ("weights_are_distributions", Overfull, {}),
    ("updates_match_buffers", Writing, {}),
    ("padding_has_no_influence_on_updates", Padded, {}),
    ("padding_has_no_influence", Unweighted, {}),
    ("unlabelled_needs_no_labels", Peeking, {}),
]
"""(check, component, its parameters)."""
