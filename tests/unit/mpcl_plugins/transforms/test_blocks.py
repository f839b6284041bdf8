"""Windows are measured in blocks, with the result of measuring them at once."""

import numpy as np

from mpcl_plugins.transforms._blocks import measure_in_blocks


def test_blocks_give_the_result_of_one_call() -> None:
    X = np.random.default_rng(0).normal(size=(70, 2, 1500)).astype(np.float32)
    sizes: list[int] = []

    def measure(x: np.ndarray) -> np.ndarray:
        sizes.append(len(x))
        return np.stack([x.mean(1), x.max(1), x.min(1)], 1)

    found = measure_in_blocks(measure, X)
    assert found.shape == (70, 2, 3)
    assert len(sizes) > 1
    assert sum(sizes) == 140
    assert max(sizes) * 1500 <= 2**16
    np.testing.assert_array_equal(found[..., 1], X.max(2))


def test_signal_longer_than_a_block_is_measured_by_itself() -> None:
    X = np.ones((2, 1, 2**16 + 1), np.float32)
    assert measure_in_blocks(lambda x: x[:, :1] * len(x), X).ravel().tolist() == [1.0, 1.0]


def test_no_windows_give_no_features() -> None:
    assert measure_in_blocks(lambda x: x[:, :2], np.zeros((0, 3, 8), np.float32)).shape == (0, 3, 2)
