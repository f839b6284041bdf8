"""Read tensors of a network's streams, such as embeddings, for windows."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float
from torch import Tensor

from mpcl_core.data.truth import without_labels
from mpcl_core.interfaces.data import StreamState, WindowSet
from mpcl_core.training.randomness import deterministic
from mpcl_core.training.trained_network import TrainedNetwork


def stream_values(
    trained: TrainedNetwork, windows: WindowSet, read: Callable[[StreamState], Tensor | None]
) -> dict[str, Float[np.ndarray, "N ..."]]:
    """Compute a tensor of each stream for each window; windows that are pooled have that of their trial.

    Args:
        trained: the network.
        windows: N windows.
        read: returns the tensor of a stream, (b …); None where the stream has none.

    Returns:
        Stream -> (N, …), for the streams that have the tensor.
    """
    with deterministic(1):
        prepared = trained.prepare(without_labels(windows))
        found = trained.read_streams(prepared, read)
    trial = slice(None) if prepared.trial is None else prepared.trial.cpu().numpy()
    return {name: values[trial] for name, values in found.items()}
