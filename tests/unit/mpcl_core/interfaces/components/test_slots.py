"""Every slot has a base class, and the engine supplies what its constructor takes."""

import pytest

from mpcl_core.interfaces.components import SLOTS, supplied_by_engine


def test_slots_are_named_as_their_base_classes_state() -> None:
    assert {name: cls.slot for name, cls in SLOTS.items()} == {name: name for name in SLOTS}
    assert len(SLOTS) == 10


@pytest.mark.parametrize(
    ("slot", "supplied"),
    [
        ("encoder", {"modality", "dim"}),
        ("fusion", {"modalities", "n_tokens", "dim"}),
        ("memory", {"n_outputs", "dim"}),
        ("head", {"streams", "n_outputs", "dim", "valence"}),
        ("estimator", set()),
        ("source", set()),
        ("protocol", set()),
    ],
)
def test_engine_supplies_shapes_to_network_components_only(slot: str, supplied: set[str]) -> None:
    assert set(supplied_by_engine(slot)) == supplied


def test_unknown_slot_is_an_error() -> None:
    with pytest.raises(KeyError):
        supplied_by_engine("encoders")
