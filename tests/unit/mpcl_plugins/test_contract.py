"""Every component of the catalog keeps the contract of its slot."""

from typing import Any

import pytest

from mpcl_core import testing
from mpcl_core.interfaces.components import SLOTS
from mpcl_core.testing.contract import Check, checks
from mpcl_core.testing.sample_data import STREAMS
from mpcl_plugins.heads.linear import Linear
from mpcl_plugins.retrievals.hopfield import Hopfield
from mpcl_registry.discover import discover

ENTRIES = [entry for entry in discover(entries=()).catalog.entries() if entry.cls.slot != "source"]
HEAD = Linear(streams=STREAMS, n_outputs=testing.K, dim=testing.D, valence=None, dropout=0.0)
NEEDED: dict[tuple[str, str], dict[str, Any]] = {
    ("fusion", "msaf"): {"primary": "eeg"},
    ("fusion", "cross_attention"): {"primary": "eeg"},
    ("fusion", "helo"): {"primary": "eeg", "behavioural": ("face",)},
    ("objective", "distillation"): {"student": "behavioural", "teacher": "physiological"},
    ("objective", "pcl"): {"retrieval": Hopfield(dim=testing.D)},
    ("head", "episodic_mix"): {"head": HEAD},
    ("head", "personal_prior"): {"head": HEAD, "stream": "behavioural"},
    ("head", "recall_prior"): {"head": HEAD},
    ("transform", "bandpass"): {"modality": "eeg", "low": 1.0, "high": 40.0},
    ("transform", "notch"): {"modality": "eeg"},
    ("transform", "resample"): {"modality": "ppg", "sfreq": 32.0},
    ("transform", "statistics"): {"modality": "gsr"},
    ("transform", "subject_prior"): {"emotions": testing.K},
    ("estimator", "canonical_ridge"): {"first": ("eeg", "gsr"), "second": ("face",)},
    ("estimator", "sklearn"): {"regressor": "Ridge"},
    ("transform", "window"): {"length": 4.0},
}
"""(slot, name) -> parameters without a default, which a recipe must give."""
ELSEWHERE = {("encoder", "braindecode"), ("transform", "neurokit")}  # their libraries need not be installed
CASES = [
    pytest.param(check, id=f"{entry.cls.slot}-{check}")
    for entry in ENTRIES
    if (entry.cls.slot, entry.cls.name) not in ELSEWHERE
    for check in checks(entry.cls, **NEEDED.get((entry.cls.slot, entry.cls.name), {}))
]


@pytest.mark.parametrize("check", CASES)
def test_contract(check: Check) -> None:
    check()


@pytest.mark.parametrize("slot", sorted(set(SLOTS) - {"source"}))
def test_every_component_is_checked(slot: str) -> None:
    for entry in ENTRIES:
        if entry.cls.slot == slot:
            assert len(checks(entry.cls)) >= 7, f"{entry.cls.name} has no contract checks"
