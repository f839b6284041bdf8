"""Every component of the catalog keeps the contract of its slot."""

from typing import Any

import pytest
import torch
from torch import nn

from mpcl_core import testing
from mpcl_core.interfaces.components import SLOTS, Encoder, Fusion
from mpcl_core.interfaces.data import StreamInfo
from mpcl_heads.linear import Linear
from mpcl_registry.catalog import Entry
from mpcl_registry.discover import discover
from mpcl_retrieval.hopfield import Hopfield

ENTRIES = list(discover(entries=()).catalog.entries())
STREAMS = (StreamInfo("physiological", True), StreamInfo("behavioural", True))
NEEDED: dict[tuple[str, str], dict[str, Any]] = {
    ("fusion", "msaf"): {"primary": "eeg"},
    ("fusion", "cross_attention"): {"primary": "eeg"},
    ("fusion", "helo"): {"primary": "eeg", "behavioural": ("face",)},
    ("objective", "distillation"): {"student": "behavioural", "teacher": "physiological"},
    ("objective", "pcl"): {"retrieval": Hopfield(dim=testing.D)},
    ("head", "episodic_mix"): {
        "head": Linear(streams=STREAMS, n_outputs=testing.K, dim=testing.D, valence=None, dropout=0.0)
    },
    ("head", "personal_prior"): {
        "head": Linear(streams=STREAMS, n_outputs=testing.K, dim=testing.D, valence=None, dropout=0.0),
        "stream": "behavioural",
    },
    ("transform", "subject_prior"): {"emotions": testing.K},
    ("estimator", "sklearn"): {"regressor": "Ridge"},
}
"""(slot, name) -> parameters without a default, which a recipe must give."""
REQUIRED = {"source"}  # a source reads files; its checks are its own tests
ELSEWHERE = {("encoder", "braindecode")}  # tests/bridges: on a stub, since the library need not be installed
CASES = [
    pytest.param(entry, check, id=f"{entry.cls.slot}-{entry.cls.name}-{check}")
    for entry in ENTRIES
    if (entry.cls.slot, entry.cls.name) not in ELSEWHERE
    for check in testing.checks(entry.cls)
]


@pytest.mark.parametrize(("entry", "check"), CASES)
def test_contract(entry: Entry, check: str) -> None:
    torch.manual_seed(0)
    testing.checks(entry.cls)[check](entry.cls, NEEDED.get((entry.cls.slot, entry.cls.name), {}))


@pytest.mark.parametrize("slot", sorted(set(SLOTS) - REQUIRED - {"transform"}))
def test_every_component_is_checked(slot: str) -> None:
    for entry in ENTRIES:
        if entry.cls.slot == slot:
            assert testing.checks(entry.cls), f"{entry.cls.name} has no contract checks"


class Leaky(Fusion):
    """Forgets that a modality may be absent."""

    name = "leaky"

    def forward(self, tokens, present):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
        return torch.stack([value.mean(-2) for value in tokens.values()]).mean(0)


class Mixing(Encoder):
    """Centres a batch."""

    name = "mixing"

    def __init__(self, *, modality, dim) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        super().__init__(modality=modality, dim=dim)
        self.n_tokens = modality.n_chans
        self.read = nn.Linear(modality.n_times, dim)

    def forward(self, x):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
        return self.read(x - x.mean(0))


class Unused(Mixing):
    """Has a parameter that nothing uses."""

    name = "unused"

    def __init__(self, *, modality, dim) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        super().__init__(modality=modality, dim=dim)
        self.idle = nn.Parameter(torch.zeros(3))

    def forward(self, x):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
        return self.read(x)


class Narrow(Unused):
    """Answers with another width."""

    name = "narrow"

    def forward(self, x):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
        return self.read(x)[..., 1:]


class Infinite(Unused):
    """Divides by what may be zero."""

    name = "infinite"

    def forward(self, x):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
        return self.read(x / x.std(-1, keepdim=True)) + self.idle.sum()


class Branching(Unused):
    """Branches on a value, which a stack of copies cannot."""

    name = "branching"

    def forward(self, x):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
        return self.read(x) if self.idle.sum() == 0 else self.read(x) + 1


@pytest.mark.parametrize(
    ("cls", "check"),
    [
        (Leaky, "absent_has_no_influence"),
        (Mixing, "rows_do_not_mix"),
        (Unused, "gradients"),
        (Narrow, "shapes"),
        (Infinite, "finite_at_extremes"),
        (Branching, "stackable"),
    ],
)
def test_a_check_fires(cls: type, check: str) -> None:
    assert check in testing.failures(cls)
