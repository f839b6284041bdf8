"""A network is tried on two windows of zeros, which finds faults and counts its parameters."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
import torch

from mpcl_core.interfaces.errors import PluginError, UsageError
from mpcl_core.spec.network import NetworkSpec
from mpcl_core.testing.sample_data import LABELS, MODALITIES, VALENCE
from mpcl_core.toolkit.masking import masked_softmax
from mpcl_core.training.network_check import check_network
from mpcl_plugins.encoders.linear_tokens import LinearTokens
from mpcl_plugins.fusions.concat import Concat
from support.specs import block, network


class Setting(LinearTokens):
    name = "setting"

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        torch.set_num_threads(torch.get_num_threads() + 1)
        return super().forward(x)


class Narrow(LinearTokens):
    name = "narrow"

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return super().forward(x)[..., 1:]


class Standardised(LinearTokens):
    name = "standardised"

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return super().forward(x / x.std(dim=-1, keepdim=True))


class Scored(Concat):
    name = "scored"

    def forward(self, tokens: Mapping[str, torch.Tensor], present: Mapping[str, torch.Tensor]) -> torch.Tensor:
        means = torch.stack([tokens[name].mean(1) * at[:, None] for name, at in present.items()], 1)
        scores = (means / means.norm(dim=-1, keepdim=True)).sum(-1)  # NaN where a modality is absent
        return (masked_softmax(scores, torch.stack([*present.values()], 1)).unsqueeze(-1) * means).sum(1)


def with_encoder(cls: type[LinearTokens]) -> NetworkSpec:
    spec = network()
    stream = spec.streams["behavioural"]
    streams = {**spec.streams, "behavioural": type(stream)({"face": block(cls)}, stream.fusion, stream.memory)}
    return type(spec)(spec.dim, streams, spec.head, spec.objectives, spec.train)


def test_parts_sum_to_all_parameters() -> None:
    size = check_network(network(), MODALITIES, LABELS, VALENCE)
    assert size.parameters == sum(size.parts.values())
    assert {"head", "behavioural.encoders.face", "behavioural.fusion"} <= size.parts.keys()


def test_random_state_of_the_process_is_kept() -> None:
    before = torch.get_rng_state()
    check_network(network(), MODALITIES, LABELS, VALENCE)
    assert torch.equal(before, torch.get_rng_state())


def test_component_that_changes_a_setting_is_named() -> None:
    threads = torch.get_num_threads()
    try:
        with pytest.raises(PluginError, match=r"encoder 'setting'.*forward\(\)"):
            check_network(with_encoder(Setting), MODALITIES, LABELS, VALENCE)
    finally:
        torch.set_num_threads(threads)


def test_wrong_shape_is_named() -> None:
    with pytest.raises(PluginError, match="encoder 'narrow'"):
        check_network(with_encoder(Narrow), MODALITIES, LABELS, VALENCE)


def test_encoder_that_makes_nan_of_an_absent_modality_is_named() -> None:
    with pytest.raises(PluginError, match=r"encoder 'standardised'.*returned NaN or an infinite number"):
        check_network(with_encoder(Standardised), MODALITIES, LABELS, VALENCE)


def test_fusion_whose_scores_are_nan_at_absent_modalities_is_named() -> None:
    spec = network()
    stream = spec.streams["physiological"]
    scored = replace(stream, fusion=block(Scored))
    with pytest.raises(PluginError, match=r"fusion 'scored'.*one lacks modalities"):
        check_network(replace(spec, streams={**spec.streams, "physiological": scored}), MODALITIES, LABELS, VALENCE)


def test_windows_that_fit_into_no_memory_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("mpcl_core.training.network_check.Batch", fails)
    with pytest.raises(UsageError, match="two windows do not fit into memory: eeg 4 × 64, gsr 1 × 16, face 2 × 6"):
        check_network(network(), MODALITIES, LABELS, VALENCE)
