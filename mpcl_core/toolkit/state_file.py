"""Store named values in the safetensors format: arrays as tensors, text and single values in its header.

Such a file holds no code, and reading it runs none.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from mpcl_core.interfaces.components import FittedValues, StateValue
from mpcl_core.interfaces.errors import DataError
from mpcl_core.toolkit.archives import LARGEST_ENTRY
from mpcl_core.toolkit.bounded_json import parse_json

_BYTES_OF_CHARACTER = 4
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
        plain = parse_json(parse_json(content[8 : 8 + size]).get("__metadata__", {}).get(_VALUES, "{}"))
        return {**tensors, **{name: _plain(name, value) for name, value in dict(plain).items()}}
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"holds no fitted state: {error}") from None


def _plain(name: str, value: Any) -> StateValue:
    """Return a value of the header.

    Returns:
        Text as an array, or a single value.

    Raises:
        ValueError: it is of another type, or its array would be too large.
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    texts = list(_texts(name, value))
    size = _BYTES_OF_CHARACTER * len(texts) * max(map(len, texts), default=0)
    if size > LARGEST_ENTRY:
        raise ValueError(f"'{name}' takes {size} bytes, but at most {LARGEST_ENTRY} are read")
    return np.array(value, dtype=np.str_)


def _texts(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _texts(name, each)
    else:
        raise ValueError(f"'{name}' is neither a single value nor an array of text")  # noqa: TRY004  (the file is damaged)
