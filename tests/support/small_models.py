"""Make small models of untrained networks, for tests of what is done with a model."""

from collections.abc import Sequence

import numpy as np
import torch

from mpcl_core import testing
from mpcl_core.interfaces.components import FittedTransform
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.model.model import Model
from mpcl_core.spec.network import NetworkSpec
from mpcl_core.training.device import Device
from mpcl_core.training.network import Learner, Network
from mpcl_core.training.trained_network import TrainedNetwork
from mpcl_plugins.protocols.loso import LOSO
from mpcl_plugins.sources.simulated import Simulated
from support.model_descriptions import described
from support.specs import block, network, variant_spec


def small_model(transforms: Sequence[FittedTransform] = (), spec: NetworkSpec | None = None) -> Model:
    """Make a model over the windows of `mpcl_core.testing.study`; the transforms are fitted on them."""
    windows, spec, fitted = testing.study(), spec or network(), testing.study()
    for transform in transforms:
        fitted = transform.fit(fitted).transform(fitted)
    description = described(
        name="small",
        kind="network",
        inputs=windows.modalities,
        modalities=windows.modalities,
        labels=windows.labels,
        valence=windows.valence,
        epochs=1,
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        learner = Learner(Network(spec, fitted.modalities, fitted.labels, fitted.valence), spec, len(fitted.labels))
    trained = TrainedNetwork(learner, list(transforms), Device("cpu", "32"), 32, 1)
    variant = variant_spec("small", spec, block(Simulated), block(LOSO))
    return Model(description, variant, list(transforms), trained)


def new_person(n: int = 12) -> WindowSet:
    """Make windows of a person who is in no study, with modalities absent at random."""
    windows = testing.study().take(np.arange(n))
    windows.subject = np.full(n, "somebody new")
    present = {name: np.random.default_rng(i).random(n) < 0.7 for i, name in enumerate(windows.present)}
    windows.present = present
    return windows.with_signals(windows.X)
