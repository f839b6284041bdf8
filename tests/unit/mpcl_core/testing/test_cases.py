"""Network components are built in every setting of their slot, with inputs for it."""

from typing import Any

import pytest
import torch

from mpcl_core.interfaces.components import Encoder, Fusion, Head, Memory, NetworkComponent, Objective, Retrieval
from mpcl_core.testing.cases import annotations, build_cases
from mpcl_core.testing.failure import ContractError
from mpcl_core.testing.sample_data import D, K
from mpcl_plugins.encoders.linear_tokens import LinearTokens
from mpcl_plugins.fusions.mean import Mean
from mpcl_plugins.heads.linear import Linear
from mpcl_plugins.memories.ema_bank import EmaBank
from mpcl_plugins.objectives.kl import KL
from mpcl_plugins.objectives.pcl import PCL
from mpcl_plugins.retrievals.hopfield import Hopfield
from support.specs import block


class Refusing(LinearTokens):
    name = "refusing"

    def __init__(self, *, modality: Any, dim: int) -> None:
        if modality.sfreq is None:
            raise ValueError("features are no signals")
        super().__init__(modality=modality, dim=dim)


class RefusingAll(LinearTokens):
    name = "refusing_all"

    def __init__(self, *, modality: Any, dim: int) -> None:
        raise ValueError(f"not {modality.name}")


@pytest.mark.parametrize(
    ("cls", "settings", "outputs"),
    [
        (LinearTokens, 3, {"tokens"}),
        (Mean, 2, {"z"}),
        (EmaBank, 1, {"enriched", "weights"}),
        (Hopfield, 2, {"the retrieved pattern"}),
        (KL, 1, {"the loss"}),
        (Linear, 2, {"logits"}),
    ],
)
def test_outputs_of_every_slot_have_names(cls: type[NetworkComponent], settings: int, outputs: set[str]) -> None:
    cases = list(build_cases(cls, {}))
    assert len(cases) == settings
    for case in cases:
        found = case.call(case.build(), case.make_inputs(4, 0))
        assert outputs <= found.keys()
        assert all(isinstance(value, torch.Tensor) for value in found.values())


def test_types_of_outputs_come_from_the_slot() -> None:
    for slot in (Encoder, Fusion, Retrieval, Objective, Head):
        assert len(annotations(slot)) == 1
    assert {"enriched", "weights"} <= annotations(Memory).keys()


def test_modalities_that_an_encoder_rejects_are_left_out() -> None:
    assert len(list(build_cases(Refusing, {}))) == 2
    with pytest.raises(ContractError, match="it rejects every modality: not eeg"):
        list(build_cases(RefusingAll, {}))


def test_nested_component_is_built_anew_for_each_copy() -> None:
    (case,) = build_cases(PCL, {"retrieval": block(Hopfield)})
    first, second = case.build(), case.build()
    assert isinstance(first.retrieval, Hopfield)
    assert first.retrieval is not second.retrieval


def test_same_seed_gives_the_same_inputs() -> None:
    (case,) = build_cases(EmaBank, {})
    assert torch.equal(case.make_inputs(3, 1)[0], case.make_inputs(3, 1)[0])
    assert case.make_inputs(3, 1)[0].shape == (3, D)
    assert K > 1


def test_output_of_another_type_is_named() -> None:
    (case, *_) = build_cases(Linear, {})
    with pytest.raises(ContractError, match=r"forward returns a Tensor, not \(logits, \{\}\)"):
        case.call(lambda *_: torch.zeros(1), case.make_inputs(2, 0))  # type: ignore[arg-type]
    (memory,) = build_cases(EmaBank, {})
    with pytest.raises(ContractError, match="forward returns None, not a Recall"):
        memory.call(lambda *_: None, memory.make_inputs(2, 0))  # type: ignore[arg-type]
