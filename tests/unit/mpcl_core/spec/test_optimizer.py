"""The block ``train.optimizer`` of a recipe."""

from typing import Any

import pytest
import torch
from pydantic import ValidationError

from mpcl_core.spec.optimizer import OptimizerSettings


def test_stated_class_is_built_with_its_parameters_and_those_of_train() -> None:
    settings = OptimizerSettings(**{"use": "Adam", "betas": [0.8, 0.9]})
    built = settings.build([torch.zeros(2, requires_grad=True)], 0.5, 0.25)
    assert isinstance(built, torch.optim.Adam)
    assert {name: built.defaults[name] for name in ("lr", "weight_decay", "betas")} == {
        "lr": 0.5,
        "weight_decay": 0.25,
        "betas": (0.8, 0.9),
    }


def test_class_without_weight_decay_is_built_without_it() -> None:
    settings = OptimizerSettings(use="Rprop")
    assert not settings.has_parameter("weight_decay")
    assert "weight_decay" not in settings.build([torch.zeros(2, requires_grad=True)], 0.5, 0.25).defaults


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ({"use": "SDG"}, r"no optimizer 'SDG'\. Did you mean 'SGD'\? It has: ASGD, "),
        ({"use": "SGD", "momentun": 0.9}, r"'SGD' has no parameter 'momentun'\. Did you mean 'momentum'\?"),
        ({"use": "SGD", "lr": 0.1}, r"'lr' is not stated here, but as train\.lr"),
        ({"use": "SGD", "momentum": -1.0}, "cannot train a network with these parameters: Invalid momentum"),
        ({"use": "SGD", "momentum": "much"}, "cannot train a network with these parameters"),
        ({"use": "LBFGS"}, "cannot train a network.*closure"),
        ({"use": "SparseAdam"}, "cannot train a network.*dense gradients"),
        ({"use": "Muon"}, "cannot train a network.*2D parameters"),
        ({}, "Field required"),
    ],
)
def test_what_torch_cannot_do_is_refused(stated: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        OptimizerSettings(**stated)
