"""Hold one training of a model: its fitted transforms, and its network or estimator."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from mpcl_core.data.pooling import pooled
from mpcl_core.data.truth import without_labels
from mpcl_core.interfaces.component_errors import naming_component_errors
from mpcl_core.interfaces.components import Estimator, FittedTransform
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.spec.pool import PoolSettings
from mpcl_core.toolkit.state_file import encode_state
from mpcl_core.training.randomness import deterministic
from mpcl_core.training.trained_network import TrainedNetwork
from mpcl_core.training.transforms import apply_transforms


@dataclass(frozen=True)
class Member:
    """Hold one training of a model.

    Args:
        transforms: the fitted transforms, in order.
        trained: the network or the estimator.
    """

    transforms: Sequence[FittedTransform]
    trained: TrainedNetwork | Estimator

    def distributions(self, windows: WindowSet, pool: PoolSettings | None) -> Float64[np.ndarray, "N k"]:
        """Predict windows.

        Args:
            windows: N windows with the modalities of the model.
            pool: whose windows are averaged; None: nobody's.

        Returns:
            (N, k) distributions.

        Raises:
            PluginError: a component fails, for example because its stored state does not fit it.
        """
        windows = without_labels(windows)
        with naming_component_errors():
            if isinstance(self.trained, TrainedNetwork):
                with deterministic(1):
                    return self.trained.predict(self.trained.prepare(windows))
            rows = pooled(apply_transforms(windows, self.transforms), pool)
            D_pred: Float64[np.ndarray, "N k"] = self.trained.predict(rows.windows)[rows.trial]
            return D_pred

    def weights(self) -> bytes:
        """Return what the network or the estimator learned.

        Returns:
            The content of a safetensors file.
        """
        trained = self.trained
        return trained.weights() if isinstance(trained, TrainedNetwork) else encode_state(trained.state_dict())

    def transform_states(self) -> bytes:
        """Return what the fitted transforms learned.

        Returns:
            The content of a safetensors file.
        """
        return encode_state(
            {
                f"{number}.{name}": value
                for number, transform in enumerate(self.transforms)
                for name, value in transform.state_dict().items()
            }
        )


def mean_distributions(
    members: Sequence[Member], windows: WindowSet, pool: PoolSettings | None
) -> Float64[np.ndarray, "N k"]:
    """Average the predictions of members.

    Args:
        members: the members of a model.
        windows: N windows with the modalities of the model.
        pool: whose windows are averaged; None: nobody's.

    Returns:
        (N, k) distributions.
    """
    predicted = [member.distributions(windows, pool) for member in members]
    return predicted[0] if len(predicted) == 1 else np.mean(predicted, axis=0)
