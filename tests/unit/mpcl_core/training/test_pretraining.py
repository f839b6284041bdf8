"""Training without labels: what it changes, what it leaves alone, and whose signals it uses."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from mpcl_core.interfaces.data import WindowSet
from mpcl_core.spec.pool import PoolSettings
from mpcl_core.spec.training import PretrainSettings
from mpcl_core.training.trainer import Trainer
from mpcl_plugins.objectives.centred_contrast import CentredContrast
from mpcl_plugins.objectives.kl import KL
from mpcl_plugins.transforms.zscore import ZScore
from support.specs import block, network
from support.trainers import FOLD, learnable

OBJECTIVES = {"distribution": (block(KL), 1.0), "contrast": (block(CentredContrast), 0.0)}
PRETRAIN = PretrainSettings(epochs=2, lr=0.01, objectives={"contrast": 1.0})


def weights(unrated: WindowSet | None = None, pool: PoolSettings | None = None, **changes: Any) -> dict[str, Any]:
    windows = learnable()
    if pool:
        windows.modalities = tuple(replace(each, sfreq=None) for each in windows.modalities)
        unrated = unrated and replace(unrated, modalities=windows.modalities)
    spec = network(False, OBJECTIVES, **changes)
    trainer = Trainer(spec, [block(ZScore)], (0, 0), "cpu", pool=pool, unrated=unrated)
    return trainer.phase(windows.take(FOLD.train)).weights()


@pytest.mark.parametrize("pool", [None, PoolSettings(unit="trial", keep=0.5)], ids=["windows", "trials"])
def test_streams_are_trained_and_the_head_is_not(pool: PoolSettings | None) -> None:
    before, after = weights(pool=pool), weights(pool=pool, pretrain=PRETRAIN)
    for name, value in before.items():
        is_trained = name.startswith("network.streams") and "readout" not in name
        assert torch.equal(value, after[name]) != is_trained, name


def test_unrated_windows_take_part_and_their_labels_do_not() -> None:
    others = learnable().take(FOLD.test)
    other_labels = replace(others, D=np.full_like(others.D, np.nan))
    none, some, again = (weights(unrated, pretrain=PRETRAIN) for unrated in (None, others, other_labels))
    name = "network.streams.behavioural.encoders.face.project.weight"
    assert not torch.equal(none[name], some[name])
    assert all(torch.equal(value, again[key]) for key, value in some.items())


def test_phase_that_continues_from_a_checkpoint_is_not_pretrained_again() -> None:
    spec = network(False, OBJECTIVES, pretrain=PRETRAIN)
    trainer = Trainer(spec, [block(ZScore)], (0, 0), "cpu")
    windows = learnable().take(FOLD.train)
    phase = trainer.phase(windows)
    with phase.random:
        phase.train_epoch()
    restored = trainer.phase(windows, {"phase": phase.state_dict()})
    for one in (phase, restored):
        with one.random:
            one.train_epoch()
    assert all(torch.equal(value, restored.weights()[name]) for name, value in phase.weights().items())
