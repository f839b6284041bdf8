"""A graph convolution over emotions: X' = X W₀ + A X W₁ + b (Morris et al., AAAI 2019)."""

from jaxtyping import Float
from torch import Tensor, nn


def convolved(conv: nn.Module, X: Float[Tensor, "k *m d"], A: Float[Tensor, "k k"]) -> Float[Tensor, "k *m width"]:
    """What torch-geometric's ``DenseGraphConv`` makes of one graph, along any number of axes beside its nodes.

    Its own ``forward`` has an axis for several graphs, which costs as much time as a graph of ten emotions takes.
    """
    neighbours = (A @ X.flatten(1)).reshape(X.shape)
    found: Tensor = conv.lin_rel(neighbours) + conv.lin_root(X)  # type: ignore[operator]
    return found
