"""situation_bank: its prototypes and stored distributions against the formula written out, and its recall."""

import pytest
import torch
from torch import Tensor

from mpcl_core import testing
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.memories.situation_bank import SituationBank
from support.gradients import gradcheck

K, D = 4, 9
SITUATION = torch.tensor([0, 1, 2, 0, 1, 2])


def bank(**parameters: object) -> SituationBank:
    return SituationBank(n_outputs=K, dim=D, capacity=5, **parameters)  # type: ignore[arg-type]


def windows() -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    z, distribution = torch.randn(6, D, generator=generator), torch.randn(6, K, generator=generator).softmax(-1)
    return z + 5.0, distribution, torch.rand(6, generator=generator) + 0.5


def trained(**parameters: object) -> SituationBank:
    memory, (z, distribution, weight) = bank(**parameters), windows()
    memory.observe_situations(distribution, {"stimulus": SITUATION})
    for name, value in memory.updated(z, distribution, weight).items():
        memory.get_buffer(name).copy_(value)
    return memory


def test_each_situation_stores_the_mean_of_its_embeddings_and_ratings() -> None:
    memory, (z, distribution, weight) = trained(shrinkage=1.0), windows()
    mean = (weight[:, None] * z).sum(0) / weight.sum()
    for situation in range(3):
        own = situation == SITUATION
        centre = (weight[own, None] * (z[own] - mean)).sum(0) / weight[own].sum()
        assert torch.allclose(memory.centres[situation], centre, atol=1e-5)
        rated = (distribution[own].sum(0) + distribution.mean(0)) / 3.0
        assert torch.allclose(memory.distributions[situation], rated, atol=1e-6)


def test_a_window_recalls_the_situation_that_it_resembles() -> None:
    memory = trained()
    z = memory.mean + memory.centres[:3]
    assert memory.diagnostics(z)["situations"].argmax(-1).tolist() == [0, 1, 2]
    assert torch.allclose(memory(z).weights.sum((1, 2)), torch.ones(3), atol=1e-6)


def test_places_without_a_situation_are_never_recalled() -> None:
    assert (trained().diagnostics(windows()[0])["situations"][:, 3:] == 0.0).all()


def test_equal_ratings_of_two_situations_count_for_both() -> None:
    memory, (z, distribution, weight) = bank(), windows()
    distribution = distribution[:1].expand(6, -1)
    memory.observe_situations(distribution, {"stimulus": SITUATION})
    found = memory.updated(z, distribution, weight)["centres"]
    assert torch.allclose(found[0], found[1], atol=1e-6)
    assert torch.allclose(found[0], torch.zeros(D), atol=1e-5)


def test_a_study_without_situations_or_with_too_many_is_an_error() -> None:
    _, distribution, _ = windows()
    with pytest.raises(DataError, match="needs the stimulus"):
        bank().observe_situations(distribution, {"condition": SITUATION})
    with pytest.raises(DataError, match="capacity of 5, but there are 6"):
        bank().observe_situations(distribution, {"stimulus": torch.arange(6)})


def test_training_ratings_are_not_in_its_state() -> None:
    assert set(trained().state_dict()) == {"centres", "mean", "distributions", "known", "steps"}


def test_it_keeps_the_contract() -> None:
    assert testing.failures(SituationBank) == {}


def test_gradients() -> None:
    assert gradcheck(trained(), lambda m, z: m(z).enriched, windows()[0])
