"""Named values survive a safetensors file, and a damaged one is reported."""

import json

import numpy as np
import pytest
from safetensors.numpy import save

from mpcl_core.interfaces.errors import DataError
from mpcl_core.toolkit.state_file import decode_state, encode_state


def test_arrays_text_and_single_values_survive() -> None:
    state = {
        "a": np.arange(6, dtype=np.float32).reshape(2, 3).T,
        "b": np.array([True, False]),
        "names": np.array(["été", ""]),
        "none": np.array([], dtype=np.str_),
        "scalar": np.array(2.5),
        "kappa": float("inf"),
        "n": 3,
        "text": "joy",
        "unknown": None,
    }
    found = decode_state(encode_state(state))
    assert found.keys() == state.keys()
    for name, value in state.items():
        assert np.array_equal(found[name], value), name
        assert getattr(found[name], "dtype", None) == getattr(value, "dtype", None) or name in ("names", "none")
    assert encode_state(state) == encode_state(dict(reversed(state.items())))


@pytest.mark.parametrize("content", [b"", b"\x08" + b"\0" * 20, encode_state({"a": np.ones(3)})[:-4]])
def test_damaged_content_is_reported(content: bytes) -> None:
    with pytest.raises(DataError, match="holds no fitted state"):
        decode_state(content)


def with_header(values: object) -> bytes:
    return save({}, metadata={"values": json.dumps(values)})


@pytest.mark.parametrize(
    "values", [[1], {"a": {"b": 1}}, {"a": [1]}, {"a": [["x"], "y"]}, {"a": ["x" * 2**14] + [""] * 2**14}]
)
def test_values_of_other_types_or_of_any_size_are_refused(values: object) -> None:
    with pytest.raises(DataError, match="holds no fitted state"):
        decode_state(with_header(values))


def test_text_of_two_axes_survives() -> None:
    names = np.array([["joy", "fear"], ["calm", ""]])
    assert decode_state(encode_state({"names": names}))["names"].tolist() == names.tolist()
