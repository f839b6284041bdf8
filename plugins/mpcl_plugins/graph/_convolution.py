"""A graph convolution over emotions: X' = X W₀ + A X W₁ + b (Morris et al., AAAI 2019)."""

from jaxtyping import Float
from torch import Tensor, nn


def convolve(conv: nn.Module, X: Float[Tensor, "k *m d"], A: Float[Tensor, "k k"]) -> Float[Tensor, "k *m width"]:
    """Apply torch-geometric's ``DenseGraphConv`` to one graph, along any number of axes beside its nodes.

    Its own ``forward`` has an axis for several graphs, which costs as much time as a graph of ten emotions takes.

    Args:
        conv: the operator, with its weights W₀ (``lin_root``) and W₁ (``lin_rel``).
        X: features of the nodes.
        A: weights of the edges.

    Returns:
        X' of the same axes.
    """
    neighbours = (A @ X.flatten(1)).reshape(X.shape)
    convolved: Tensor = conv.lin_rel(neighbours) + conv.lin_root(X)  # type: ignore[operator]
    return convolved
