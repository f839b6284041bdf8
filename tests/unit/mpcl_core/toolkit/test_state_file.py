"""Named values survive a safetensors file, and a damaged one is reported."""

import numpy as np
import pytest

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
