"""The engine supplies what the constructor of a slot's base class takes."""

import pytest

from mpcl_core.interfaces.components import supplied_by_engine


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
