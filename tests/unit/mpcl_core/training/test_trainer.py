"""Training: it learns, repeats itself, and chooses the number of epochs by the rule of the recipe."""

import random

import numpy as np
import pytest
import torch

from mpcl_core import testing
from mpcl_core.training.trainer import Trainer, TrainingError
from mpcl_plugins.transforms.zscore import ZScore
from support.specs import block, network
from support.trainers import FOLD, learnable, predicted, trainer

Lines = list[dict[str, object]]


@pytest.mark.slow
def test_training_learns_and_reports_search_and_refit() -> None:
    windows = learnable()
    lines: Lines = []
    D_pred = predicted(windows, trainer(lines, epochs=25, patience=25))
    D = windows.D[FOLD.test]
    mean = windows.D[:190].mean(0)
    kl = lambda p: float((D * np.log(D / p)).sum(1).mean())  # noqa: E731
    assert kl(D_pred) < 0.5 * kl(mean)
    search = [line for line in lines if line["phase"] == "search"]
    refit = [line for line in lines if line["phase"] == "refit"]
    assert search[0]["epoch"] == 0
    best = min(search, key=lambda line: line["validation_kl"])  # type: ignore[arg-type,return-value]
    assert len(refit) == best["epoch"]
    assert search[1]["loss"] > search[-1]["loss"]  # type: ignore[operator]


@pytest.mark.slow
def test_seed_decides_the_predictions_and_global_random_state_is_restored() -> None:
    windows = learnable()
    torch.manual_seed(5)
    state = torch.random.get_rng_state()
    first = predicted(windows, trainer())
    assert torch.equal(state, torch.random.get_rng_state()), "the training changed the global state"
    random.random(), torch.rand(3)
    assert np.array_equal(first, predicted(windows, trainer()))
    assert not np.array_equal(first, predicted(windows, trainer(seed=1)))


def test_without_refit_only_the_search_is_run() -> None:
    lines: Lines = []
    predicted(learnable(), trainer(lines, refit=False, epochs=3))
    assert {line["phase"] for line in lines} == {"search"}


@pytest.mark.slow
def test_shrink_leaves_a_useful_network_and_takes_a_useless_one_to_the_mean() -> None:
    windows = learnable()
    plain = predicted(windows, trainer(epochs=8, patience=8))
    np.testing.assert_allclose(predicted(windows, trainer(epochs=8, patience=8, shrink=True)), plain, atol=1e-6)
    order = np.random.default_rng(0).permutation(len(windows))
    windows.D[:] = windows.D[order]
    settings = {"epochs": 4, "choose": "one_se", "lr": 0.1}
    mean = windows.D[np.concatenate([FOLD.train, FOLD.validation])].mean(0)
    size = [np.abs(predicted(windows, trainer(**settings, shrink=each)) - mean).max() for each in (False, True)]
    assert size[1] <= size[0]


def test_choose_last_skips_the_search_and_learns_from_validation_windows_too() -> None:
    lines: Lines = []
    windows = learnable()
    D_pred = predicted(windows, trainer(lines, choose="last", epochs=3))
    assert [(line["phase"], line["epoch"]) for line in lines] == [("refit", 1), ("refit", 2), ("refit", 3)]
    other = learnable()
    other.D[FOLD.validation] = np.roll(windows.D[FOLD.validation], 1, axis=0)
    assert not np.array_equal(D_pred, predicted(other, trainer(choose="last", epochs=3)))


@pytest.mark.slow
def test_one_standard_error_never_trains_longer_than_the_best_epoch() -> None:
    lines: dict[str, Lines] = {"best": [], "one_se": []}
    for choose, own in lines.items():
        predicted(learnable(), trainer(own, choose=choose, epochs=12, patience=12))
    search = {name: [line for line in own if line["phase"] == "search"] for name, own in lines.items()}
    assert [line["validation_kl"] for line in search["best"]] == [line["validation_kl"] for line in search["one_se"]]
    epochs = {name: sum(line["phase"] == "refit" for line in own) for name, own in lines.items()}
    assert 0 < epochs["one_se"] <= epochs["best"]


@pytest.mark.slow
def test_without_refit_the_weights_of_the_chosen_epoch_are_used() -> None:
    """The weights chosen by ``one_se`` are those with which a search of exactly so many epochs ends."""
    windows = learnable()
    chosen = predicted(windows, trainer(choose="one_se", refit=False, epochs=12, patience=12))
    lines: Lines = []
    predicted(windows, trainer(lines, choose="one_se", epochs=12, patience=12))
    epochs = sum(line["phase"] == "refit" for line in lines)
    assert np.array_equal(chosen, predicted(windows, trainer(choose="best", refit=False, epochs=epochs, patience=12)))


def test_search_on_random_labels_stops_early() -> None:
    windows = testing.study()
    lines: Lines = []
    windows.D = np.random.default_rng(1).dirichlet(np.ones(testing.K), len(windows))
    D_pred = predicted(windows, trainer(lines, epochs=30, patience=3, lr=0.1))
    assert len([line for line in lines if line["phase"] == "search"]) < 31
    assert np.isfinite(D_pred).all()


def test_diagnostics_of_some_windows_equal_their_part_of_all() -> None:
    """A transform by subject gives another result for some windows by themselves."""
    windows, fitting = learnable(), np.concatenate([FOLD.train, FOLD.validation])
    by_subject = [block(ZScore, scope="subject")]
    made = Trainer(network(epochs=1), by_subject, (0, 0), "cpu")
    trained = made.fit(windows.take(fitting), *np.split(np.arange(len(fitting)), [len(FOLD.train)]))
    test, some = windows.take(FOLD.test), np.array([0, 7, 31])
    of_all, of_some, separate = (
        trained.diagnostics(trained.prepare(inputs), positions)["streams.behavioural.weights"]
        for inputs, positions in ((test, np.arange(len(test))), (test, some), (test.take(some), np.arange(3)))
    )
    assert of_some == pytest.approx(of_all[some], abs=1e-6)
    assert not np.allclose(of_some, separate, atol=1e-3)


def test_loss_that_is_not_finite_is_reported_with_its_epoch_and_settings() -> None:
    with pytest.raises(TrainingError, match=r"search, epoch \d: .* is nan.*train\.lr"):
        predicted(learnable(), trainer(lr=1e30, clip=1e30, epochs=5))


def test_bf16_gives_finite_predictions() -> None:
    assert np.isfinite(predicted(learnable(), trainer(precision="bf16", epochs=1))).all()


class Foreign:
    """Stand in for a checkpoint whose state is of another training."""

    def __init__(self, state: dict[str, object]) -> None:
        self.state, self.discarded = state, 0

    def load(self) -> dict[str, object]:
        return self.state

    def discard(self) -> None:
        self.discarded += 1

    def save_if_due(self, state: object) -> None: ...


@pytest.mark.parametrize(
    "state",
    [{}, {"target": "x"}, {"target": 3, "phase": {"learner": {}}}, {"curves": [[1]]}, {"curves": [], "weights": 0}],
)
def test_state_of_another_training_starts_from_the_beginning(state: dict[str, object]) -> None:
    settings = {"epochs": 1, "choose": "last" if "target" in state else "best"}
    made = trainer(**settings)  # type: ignore[arg-type]
    made.checkpoint = foreign = Foreign({"journal": 0, **state})  # type: ignore[assignment]
    found = predicted(learnable(), made)
    assert foreign.discarded == 1
    assert np.array_equal(found, predicted(learnable(), trainer(**settings)))  # type: ignore[arg-type]
