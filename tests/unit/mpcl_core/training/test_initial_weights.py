"""A training that starts from a stored model: what is loaded, what is frozen, and what does not fit."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from mpcl_core.interfaces.errors import DataError, UsageError
from mpcl_core.model.save import Training, save_model
from mpcl_core.spec.network import NetworkSpec
from mpcl_core.training.initial_weights import read_initial_weights
from mpcl_core.training.network_check import check_network
from mpcl_core.training.phase import Phase
from mpcl_core.training.stacked import StackedNetworks, parameters_with_gradient
from mpcl_core.training.trainer import Trainer
from mpcl_core.training.windows.window_store import WindowStore
from mpcl_plugins.encoders.linear_tokens import LinearTokens
from mpcl_plugins.heads.late_fusion import LateFusion
from mpcl_plugins.protocols.loso import LOSO
from support.specs import block, network, variant_spec
from support.trainers import FOLD, Unused, learnable

FROZEN = ("streams.physiological", "streams.behavioural.encoders")


def recipe_of(spec: NetworkSpec) -> dict[str, Any]:
    streams = {
        name: {
            "encoders": {modality: {"use": each.cls.name} for modality, each in stream.encoders.items()},
            "fusion": {"use": stream.fusion.cls.name},
            "memory": stream.memory and {"use": stream.memory.cls.name},
        }
        for name, stream in spec.streams.items()
    }
    return {"source": {"use": "unused"}, "streams": streams, "head": {"use": spec.head.cls.name}}


def phase(spec: NetworkSpec, seed: int = 1, store: WindowStore | None = None) -> Phase:
    trainer = Trainer(spec, [], (seed, 0), "cpu", store=store)
    return trainer.phase(learnable().take(FOLD.train))


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trained network of two streams with memories."""
    folder, spec = tmp_path_factory.mktemp("models") / "m", network()
    trained = phase(spec, seed=0)
    trained.train_epoch()
    variant = replace(variant_spec("old", spec, block(Unused), block(LOSO)), recipe=recipe_of(spec))
    windows = learnable().take(FOLD.train)
    save_model(folder, Training(variant, windows, [], trained.trained_network(1), 0), [])
    return folder


def weights_of(stored: Path, **changes: Any) -> Mapping[str, Tensor]:
    return phase(network(**{"from": stored, **changes})).weights()


def stored_weights(stored: Path) -> Mapping[str, Tensor]:
    initial = read_initial_weights(network(**{"from": stored}))
    assert initial is not None
    return {f"network.{name}": value for name, value in initial.weights.items()}


def test_network_begins_with_every_value_of_the_model(stored: Path) -> None:
    begun = weights_of(stored)
    assert all(torch.equal(value, begun[name]) for name, value in stored_weights(stored).items())


def test_only_the_stated_parts_are_loaded(stored: Path) -> None:
    begun, plain = weights_of(stored, from_parts=("streams.behavioural",)), phase(network()).weights()
    for name, value in stored_weights(stored).items():
        expected = value if name.startswith("network.streams.behavioural") else plain[name]
        assert torch.equal(begun[name], expected), name


@pytest.mark.parametrize("is_stacked", [False, True])
def test_frozen_parts_keep_their_values_and_the_others_learn(stored: Path, is_stacked: bool) -> None:
    spec = network(**{"from": stored, "freeze": FROZEN})
    store = WindowStore(torch.device("cpu"))
    phases = [phase(spec, seed, store) for seed in ((1, 2) if is_stacked else (1,))]
    if is_stacked:
        StackedNetworks(phases, parameters_with_gradient(phases[0])).train_epoch([True, True])
    else:
        phases[0].train_epoch()
    for name, value in stored_weights(stored).items():
        is_frozen = any(name.startswith(f"network.{key}.") for key in FROZEN)
        after = phases[0].weights()[name]
        assert torch.equal(value, after) == (is_frozen or name.endswith("head.prior")), name


def test_frozen_parts_compute_as_in_a_prediction_while_the_others_train(stored: Path) -> None:
    learner = phase(network(**{"from": stored, "freeze": FROZEN})).learner.train()
    assert not learner.network.streams["physiological"].fusion.training
    assert learner.network.head.training


def test_training_people_include_those_of_the_model_it_started_from(stored: Path, tmp_path: Path) -> None:
    spec = network(**{"from": stored})
    variant = replace(variant_spec("new", spec, block(Unused), block(LOSO)), recipe=recipe_of(spec))
    others = learnable().take(np.flatnonzero(learnable().subject == learnable().subject[-1]))
    save_model(tmp_path, Training(variant, others, [], phase(spec).trained_network(1), 0), [])
    first, second = (read_initial_weights(network(**{"from": each})) for each in (stored, tmp_path))
    assert first is not None and second is not None
    assert len(second.start.people["unused"]) == len(first.start.people["unused"]) + 1


def more_tokens(stored: Path) -> NetworkSpec:
    spec = network(**{"from": stored})
    streams = dict(spec.streams)
    face = replace(streams["behavioural"], encoders={"face": block(LinearTokens, tokens=3)})
    return replace(spec, streams={**streams, "behavioural": face})


def test_blocks_that_do_not_fit_are_refused_with_part_and_both_shapes(stored: Path) -> None:
    with pytest.raises(
        DataError, match=r"streams\.behavioural\.encoders\.face\.\S+ of the model has the shape \(.*\), "
    ):
        phase(more_tokens(stored))
    with pytest.raises(DataError, match="head of the model is 'linear', but in the recipe it is 'late_fusion'"):
        phase(replace(network(**{"from": stored}), head=block(LateFusion)))
    with pytest.raises(UsageError, match="every block of the network is frozen"):
        spec = network(**{"from": stored, "freeze": ("streams", "head")})
        windows = learnable()
        check_network(spec, windows.modalities, windows.labels, None, read_initial_weights(spec))


def test_other_channels_rates_units_or_emotions_are_refused(stored: Path) -> None:
    initial = read_initial_weights(network(**{"from": stored}))
    assert initial is not None
    windows = learnable()
    initial.check_data(windows.modalities, windows.labels)
    with pytest.raises(DataError, match=r"head of the model predicts .*, but the study has x, y"):
        initial.check_data(windows.modalities, ["x", "y"])
    eeg = next(each for each in windows.modalities if each.name == "eeg")
    others = [replace(eeg, sfreq=1.0), replace(eeg, n_chans=eeg.n_chans + 1, ch_names=())]
    for other in others:
        with pytest.raises(DataError, match=r"streams\.physiological\.encoders\.eeg of the model has the"):
            initial.check_data([other], windows.labels)
