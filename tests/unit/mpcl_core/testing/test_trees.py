"""Tensors in nested inputs and outputs of components are found, replaced and selected by name."""

import torch

from mpcl_core.interfaces.data import Recall, State, StreamState
from mpcl_core.testing.trees import collect_tensors, map_floats, replace_tensors, select_windows


def state() -> State:
    z, present = torch.arange(6.0).reshape(3, 2), torch.tensor([True, False, True])
    stream = StreamState(tokens={"eeg": torch.zeros(3, 4, 2)}, z=z, present=present, prototypes=torch.ones(5, 1, 2))
    return State(streams={"body": stream}, logits=torch.zeros(3, 5))


def test_tensors_have_dotted_names() -> None:
    names = {"streams.body.tokens.eeg", "streams.body.z", "streams.body.present", "streams.body.prototypes", "logits"}
    assert set(collect_tensors(state())) == names
    assert set(collect_tensors((torch.ones(1), {"a": torch.ones(1)}))) == {"0", "1.a"}


def test_selected_windows_leave_the_prototypes_alone() -> None:
    taken = select_windows(state(), [2])
    assert taken.streams["body"].z.tolist() == [[4.0, 5.0]]
    assert taken.streams["body"].prototypes.shape == (5, 1, 2)
    assert taken.streams["body"].weights is None


def test_named_tuples_and_masks_keep_their_kind() -> None:
    recall = Recall(torch.ones(2, 3), torch.ones(2, 5, 1))
    doubled = map_floats((recall, torch.tensor([True])), lambda tensor: 2 * tensor)
    assert isinstance(doubled[0], Recall)
    assert doubled[0].enriched.unique().tolist() == [2.0]
    assert doubled[1].tolist() == [True]


def test_tensors_are_replaced_by_name() -> None:
    found = collect_tensors(state())
    changed = replace_tensors(state(), found | {"logits": torch.ones(3, 5)})
    assert changed.logits.sum() == 15
    assert torch.equal(changed.streams["body"].z, found["streams.body.z"])
