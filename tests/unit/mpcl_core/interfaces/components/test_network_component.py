"""A component of the network learns nothing before its training unless it states how."""

import torch

from mpcl_core.interfaces.components import NetworkComponent


class Plain(NetworkComponent):
    name = "plain"


def test_component_holds_no_state_after_it_has_seen_labels_and_situations() -> None:
    component = Plain()
    component.observe(torch.full((2, 4), 0.25), torch.ones(2))
    component.observe_situations(torch.full((2, 4), 0.25), {"stimulus": torch.zeros(2, dtype=torch.int64)})
    assert component.state_dict() == {}
    assert component.stackable
    assert not component.mixes_samples
