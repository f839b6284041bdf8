"""Recording a network names the component that fixes the number of windows."""

from dataclasses import replace

import pytest
import torch
from jaxtyping import Float
from torch import Tensor

from mpcl_core import testing
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.model.exporting.export import export_graph, random_inputs
from mpcl_core.model.exporting.graph import prepare_graph
from mpcl_plugins.heads.linear import Linear
from support.small_models import small_model
from support.specs import block, network


class FixedHead(Linear):
    name = "fixed"

    def forward(self, streams: dict) -> tuple[Float[Tensor, "b k"], dict[str, Tensor]]:  # type: ignore[type-arg]
        logits, aux = super().forward(streams)
        return logits.reshape(len(logits), -1), aux


@pytest.mark.slow
def test_component_that_fixes_the_number_of_windows_is_named() -> None:
    model = small_model(spec=replace(network(memory=False), head=block(FixedHead)))
    with pytest.raises(UsageError, match=r"head 'fixed' \(.*test_export\.py\): it fixes the number of windows"):
        export_graph(prepare_graph(model))


def test_random_inputs_lack_modalities_at_random() -> None:
    X, present = random_inputs(testing.MODALITIES, 50)
    assert {name: tuple(x.shape) for name, x in X.items()} == {
        "eeg": (50, 4, 64),
        "gsr": (50, 1, 16),
        "face": (50, 2, 6),
    }
    assert all(0 < mask.sum() < 50 for mask in present.values())
    assert torch.equal(X["eeg"], random_inputs(testing.MODALITIES, 50)[0]["eeg"])
