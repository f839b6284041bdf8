"""The blocks that make up a network, by the keys of the recipe."""

import pytest

from mpcl_core.spec.network import select_parts
from support.specs import network

PARTS = (
    *("streams.physiological.encoders.eeg", "streams.physiological.encoders.gsr"),
    *("streams.physiological.fusion", "streams.physiological.memory"),
    *("streams.behavioural.encoders.face", "streams.behavioural.fusion", "streams.behavioural.memory", "head"),
)


def test_keys_of_parts_name_their_blocks() -> None:
    spec = network()
    assert spec.part_keys() == PARTS
    assert [spec.block(key).cls.name for key in PARTS] == [
        *("linear_tokens", "linear_tokens", "concat", "prototype_bank"),
        *("linear_tokens", "mean", "prototype_bank", "linear"),
    ]
    assert not [key for key in network(memory=False).part_keys() if key.endswith("memory")]


@pytest.mark.parametrize(
    ("keys", "selected"),
    [
        (None, PARTS),
        (["streams"], PARTS[:-1]),
        (["streams.physiological.encoders", "head"], (*PARTS[:2], "head")),
        (["streams.physiological.enc", "hea"], ()),
    ],
)
def test_key_selects_the_block_and_all_blocks_in_it(keys: list[str] | None, selected: tuple[str, ...]) -> None:
    assert select_parts(PARTS, keys) == selected
