"""A graph convolution equals that of torch-geometric."""

import pytest
import torch

from mpcl_plugins.graph._convolution import convolve
from support.states import D, K


@pytest.mark.parametrize("bias", [True, False])
def test_a_convolution_equals_that_of_torch_geometric(bias: bool) -> None:
    from torch_geometric.nn import DenseGraphConv

    conv, X, A = DenseGraphConv(D, 6, bias=bias), torch.randn(K, 3, D), torch.rand(K, K)
    expected = conv(X.transpose(0, 1), A).transpose(0, 1)
    torch.testing.assert_close(convolve(conv, X, A), expected)
    torch.testing.assert_close(convolve(conv, X[:, 0], A), expected[:, 0])
