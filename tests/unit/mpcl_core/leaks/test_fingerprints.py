"""Compare arrays by their fingerprints."""

import numpy as np
import torch

from mpcl_core.leaks.fingerprints import are_equal, equal_entries, fingerprint


def test_fingerprints_are_equal_only_where_every_value_is() -> None:
    rng = np.random.default_rng(0)
    one = rng.normal(size=(5, 3, 40)).astype(np.float32)
    assert are_equal(fingerprint(one), fingerprint(one * np.float32(1 + 1e-7)))
    for change in (one + 1e-3, one[::-1], one[:, ::-1], one[:4], np.where(one == one[2, 1, 7], 0.5, one)):
        assert not are_equal(fingerprint(one), fingerprint(change))
    flat = one * np.float32(1e-9)
    assert not are_equal(fingerprint(flat), fingerprint(-flat))
    beside = np.stack([one[0], flat[0]]), np.stack([one[0], -flat[0]])
    assert are_equal(*map(fingerprint, beside)), "what is all but 0 beside other windows is rounding"


def test_equal_entries_names_the_entries_that_differ() -> None:
    one = np.random.default_rng(1).normal(size=(4, 2, 5))
    other = one.copy()
    other[2, 1, 3] += 0.1
    assert equal_entries(fingerprint(one), fingerprint(other)).tolist() == [True, True, False, True]


def test_nested_tensors_are_one_entry() -> None:
    value = {"a": torch.ones(3), "b": [torch.zeros(2), (torch.ones(1), "text")]}
    assert fingerprint(value).shape == (1, 3, 3)
    assert fingerprint(None).shape == (1, 1, 3)
