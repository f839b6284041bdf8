"""Fine-tuning changes the head only, and not at all where held-out trials do not gain."""

import numpy as np
import pytest
import torch

from mpcl_core.model.head_tuning import tune_head
from support.trainers import FOLD, learnable, trainer


@pytest.mark.slow
def test_head_alone_is_trained_for_as_many_epochs_as_held_out_trials_choose() -> None:
    windows = learnable()
    trained = trainer(epochs=1).phase(windows.take(FOLD.train)).trained_network(0)
    person = windows.take(np.flatnonzero(windows.subject == windows.subject[FOLD.test[0]]))
    network = trained.learner.network
    before = {name: value.clone() for name, value in network.state_dict().items()}
    epochs = tune_head(trained, person, np.zeros(windows.n_outputs))
    changed = {name for name, value in network.state_dict().items() if not torch.equal(value, before[name])}
    assert all(name.startswith("head.") for name in changed)
    assert bool(changed) == (epochs > 0)
