"""Predict with a stored model: its own transforms, then its network or estimator."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from jaxtyping import Float64

from mpcl_core.interfaces.components import Estimator
from mpcl_core.interfaces.data import Modality, WindowSet
from mpcl_core.interfaces.errors import DataError
from mpcl_core.model.calibrate import calibrate
from mpcl_core.model.calibrated_error_bars import after_calibration
from mpcl_core.model.description import ModelDescription
from mpcl_core.model.explain import explain
from mpcl_core.model.explanation import Explanation
from mpcl_core.model.folder_graph import FolderGraph
from mpcl_core.model.inputs import Given, read_input
from mpcl_core.model.member import Member, mean_distributions
from mpcl_core.model.personal_prior import shift_distributions
from mpcl_core.model.ranges import outside_ranges
from mpcl_core.model.stream_values import stream_values
from mpcl_core.model.table import Predictions
from mpcl_core.model.training_trials import TrainingTrials
from mpcl_core.model.used_modalities import used_modalities
from mpcl_core.spec.block import Block
from mpcl_core.spec.variant import VariantSpec
from mpcl_core.training.network import Network
from mpcl_core.training.trained_network import TrainedNetwork


@dataclass(frozen=True)
class Model:
    """Predict emotion distributions with a trained network or estimator and its fitted transforms.

    Args:
        description: what ``model.json`` states.
        spec: the recipe of its variant, with the components.
        transforms: the fitted transforms, in order.
        trained: the network or the estimator.
        graph: transforms and network as one graph, which predicts where it is quicker; None where there is none.
        others: the further members of an ensemble, whose predictions are averaged with those of ``trained``.
        trials: the embeddings of the training trials by name; None unless the recipe states ``name_trials``.
    """

    description: ModelDescription
    spec: VariantSpec
    transforms: Sequence[Any]
    trained: TrainedNetwork | Estimator
    graph: FolderGraph | None = None
    others: Sequence[Member] = ()
    trials: TrainingTrials | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """Return the names of the emotions, in the order of the columns of a prediction."""
        return self.description.labels

    @property
    def modalities(self) -> tuple[Modality, ...]:
        """Return the modalities of the windows that `predict` takes."""
        return self.description.modalities

    @cached_property
    def used(self) -> frozenset[str]:
        """Return the modalities of windows on which predictions depend; others may be absent without a flag."""
        model = self.spec.model
        selected = model.parameters.get("modalities") if isinstance(model, Block) else None
        return used_modalities(self.modalities, self.transforms, self.trained, selected)

    @property
    def members(self) -> tuple[Member, ...]:
        """Return the trainings whose predictions are averaged; one, unless the model is an ensemble."""
        return Member(self.transforms, self.trained), *self.others

    @property
    def network(self) -> Network:
        """Return the network as a module of torch.

        Raises:
            DataError: the model is an estimator.
        """
        if not isinstance(self.trained, TrainedNetwork):
            raise self._no_network()
        return self.trained.learner.network

    def predict(self, windows: Given) -> Predictions:
        """Predict the emotion distribution of windows, which need no ratings.

        Args:
            windows: N windows as the model's ``prepare`` makes them; or modality -> (N, c, t) values, where NaN
                throughout a window, or a modality that is left out, means that it is absent; or ``mne.Epochs``, by
                modality where the model takes several; or recordings, which the model's ``prepare`` cuts.

        Returns:
            One row a window.

        Raises:
            DataError: a modality has other channels, another rate or another length than in the training.
        """
        return self.predict_matched(self.read_input(windows))

    def read_input(self, given: Given) -> WindowSet:
        """Return what is to be predicted as windows with the modalities of the model.

        Args:
            given: as for `predict`.

        Returns:
            N windows.

        Raises:
            DataError: as `predict`.
        """
        return read_input(given, self.description, [block.build() for block in self.spec.prepare])

    def predict_matched(self, windows: WindowSet) -> Predictions:
        """Predict windows whose modalities are those of the model.

        Args:
            windows: N windows.

        Returns:
            One row a window.
        """
        ranges = {name: found for name, found in self.description.ranges.items() if name in self.used}
        outside = outside_ranges(windows, ranges)
        D_pred = self.distributions(windows)
        return Predictions(windows, D_pred, self.labels, self.description.error_bars, outside, used=self.used)

    def distributions(self, windows: WindowSet) -> Float64[np.ndarray, "N k"]:
        """Predict windows whose modalities are those of the model.

        Args:
            windows: N windows.

        Returns:
            (N, k) distributions.
        """
        calibration = self.description.calibration
        if calibration is None:
            return self.uncalibrated(windows)
        own = replace(windows, subject=np.full(len(windows), calibration.subject))
        return shift_distributions(self.uncalibrated(own), np.array(calibration.offset))

    def uncalibrated(self, windows: WindowSet) -> Float64[np.ndarray, "N k"]:
        """Predict windows without the personal prior of a calibration.

        Args:
            windows: N windows.

        Returns:
            (N, k) distributions.
        """
        if self.graph is not None and (by_graph := self.graph.distributions(windows)) is not None:
            return by_graph
        return mean_distributions(self.members, windows, self.spec.pool)

    def embed(self, windows: Given) -> dict[str, np.ndarray]:
        """Return the embedding of each stream of the network; of an ensemble, of its first network.

        Args:
            windows: as for `predict`.

        Returns:
            Stream -> (N, d) fused embeddings; windows that are pooled have the embedding of their trial.

        Raises:
            DataError: the model is an estimator; or as `predict`.
        """
        return self.embed_matched(self.read_input(windows))

    def embed_matched(self, windows: WindowSet) -> dict[str, np.ndarray]:
        """Return the embedding of each stream for windows whose modalities are those of the model.

        Args:
            windows: N windows.

        Returns:
            Stream -> (N, d) fused embeddings.

        Raises:
            DataError: the model is an estimator.
        """
        if not isinstance(self.trained, TrainedNetwork):
            raise self._no_network()
        return stream_values(self.trained, windows, lambda stream: stream.z)

    def explain(self, windows: Given, *, parts: int = 8, trials: int = 3) -> Explanation:
        """Explain predictions by occlusion, prototypes and the nearest trials of the training.

        Args:
            windows: as for `predict`.
            parts: the number of equal parts of a window that are occluded one after the other, for signals.
            trials: the number of training trials for each window, where the recipe states ``name_trials: true``.

        Returns:
            The changes, the weights of the prototypes and the nearest training trials.

        Raises:
            DataError: as `predict`.
        """
        return explain(self, self.read_input(windows), parts, trials)

    def calibrate(self, windows: WindowSet, *, fine_tune: bool = False) -> "Model":
        """Return the model calibrated to a person: a personal prior, and the person's own normalisation.

        Its error bars are those of held-out people who were calibrated with at most as many trials.

        Args:
            windows: rated windows of one person, as the model's ``prepare`` makes them.
            fine_tune: also train the head on them, with early stopping; needs a network and four rated trials.

        Returns:
            A model for this person; this model stays as it is.

        Raises:
            DataError: the windows are of several people or have other emotions; or as `predict`.
            UsageError: there is no head to fine-tune, or there are too few trials.
        """
        (first, *others), calibration = calibrate(self.members, self.description, self.spec, windows, fine_tune)
        bars = after_calibration(self.description.error_bars, calibration.trials, calibration.epochs)
        description = self.description.model_copy(update={"calibration": calibration, "error_bars": bars})
        return Model(description, self.spec, first.transforms, first.trained, None, others, self.trials)

    def _no_network(self) -> DataError:
        return DataError(f"'{self.description.name}' is an estimator and has no network")
