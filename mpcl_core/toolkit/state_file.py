"""Store named values in the safetensors format: arrays as tensors, text and single values in its header.

Such a file holds no code, and reading it runs none.
"""

import json
from collections.abc import Mapping

import numpy as np

from mpcl_core.interfaces.components import FittedValues, StateValue
from mpcl_core.interfaces.errors import DataError

_VALUES = "values"
"""Key of the header under which text and single values stand as JSON."""


def encode_state(state: Mapping[str, StateValue]) -> bytes:
    """Return named values as the content of a safetensors file.

    Args:
        state: name -> array, number, truth value, text or None.

    Returns:
        The same bytes for the same state.

    Example:
        >>> decode_state(encode_state({"mean": np.array([0.5]), "names": np.array(["joy"]), "k": 3}))["names"].tolist()
        ['joy']
    """
    from safetensors.numpy import save

    tensors, plain = {}, {}
    for name, value in sorted(state.items()):
        if isinstance(value, np.ndarray) and value.dtype.kind != "U":
            tensors[name] = np.ascontiguousarray(value).reshape(value.shape)
        else:
            plain[name] = value.tolist() if isinstance(value, np.ndarray) else value
    return save(tensors, metadata={_VALUES: json.dumps(plain, ensure_ascii=False)})


def decode_state(content: bytes) -> FittedValues:
    """Return the named values that a safetensors file holds.

    Args:
        content: as `encode_state` returned it.

    Returns:
        Name -> value.

    Raises:
        DataError: the content is damaged.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        tensors = load(content)
        size = int.from_bytes(content[:8], "little")
        plain = json.loads(json.loads(content[8 : 8 + size]).get("__metadata__", {}).get(_VALUES, "{}"))
    except (SafetensorError, ValueError, KeyError) as error:
        raise DataError(f"holds no fitted state: {error}") from None
    text = {name: np.array(value, dtype=np.str_) if isinstance(value, list) else value for name, value in plain.items()}
    return {**tensors, **text}
