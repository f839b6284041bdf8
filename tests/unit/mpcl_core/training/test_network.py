"""The network: masks, streams, losses, and the check before a run."""

import pytest
import torch

from mpcl_core import testing
from mpcl_core.interfaces.components import Head, Objective
from mpcl_core.interfaces.data import Valence
from mpcl_core.interfaces.errors import PluginError, UsageError
from mpcl_core.training.network import Learner, Network
from mpcl_core.training.network_check import check_network
from mpcl_core.training.windows.device_windows import to_device
from support.specs import block, network

LABELS = tuple(f"e{i}" for i in range(testing.K))
STUDY = testing.study()


def build(**changes: object) -> Network:
    torch.manual_seed(0)
    return Network(network(**changes), testing.MODALITIES, LABELS, Valence(("e0", "e1", "e2"), ("e3", "e4"))).eval()  # type: ignore[arg-type]


def some_batch(n: int = 6):  # type: ignore[no-untyped-def]  # noqa: ANN201
    return to_device(STUDY, torch.device("cpu")).batch(torch.arange(n))


def test_prediction_and_weights_are_distributions() -> None:
    batch = some_batch()
    state = build()(batch.X, batch.present)
    assert torch.allclose(state.logits.softmax(-1).sum(-1), torch.ones(6))
    for stream in state.streams.values():
        assert torch.allclose(stream.weights.sum((1, 2)), torch.ones(6))


def test_a_prediction_does_not_depend_on_its_batch() -> None:
    net, batch = build(), some_batch(8)
    expected = net(batch.X, batch.present).logits
    windows = to_device(STUDY, torch.device("cpu"))
    single = torch.cat([net(b.X, b.present).logits for b in (windows.batch(torch.tensor([i])) for i in range(8))])
    assert torch.allclose(expected, single, atol=1e-6)
    order = torch.tensor([3, 1, 0, 2, 7, 5, 4, 6])
    shuffled = windows.batch(order)
    assert torch.allclose(net(shuffled.X, shuffled.present).logits, expected[order], atol=1e-6)


def test_absent_stream_does_not_affect_the_prediction() -> None:
    net, batch = build(), some_batch()
    present = {**batch.present, "face": torch.zeros(6, dtype=torch.bool)}
    state = net(batch.X, present)
    absent = state.streams["behavioural"]
    assert not absent.present.any()
    assert not absent.z.any()
    assert not absent.enriched.any()
    assert torch.allclose(absent.weights, torch.full_like(absent.weights, 1 / testing.K))
    other = net({**batch.X, "face": batch.X["face"] * 9 + 4}, present)
    assert torch.equal(state.logits, other.logits)


def test_gradients_are_finite_with_nothing_present() -> None:
    net, batch = build().train(), some_batch()
    nothing = {name: torch.zeros_like(mask) for name, mask in batch.present.items()}
    learner = Learner(net, network(), testing.K)
    batch.present = nothing
    _, losses = learner(batch)
    losses["loss"].backward()
    assert all(p.grad is None or p.grad.isfinite().all() for p in net.parameters())


def test_the_loss_is_the_weighted_sum_of_the_objectives() -> None:
    class Two(Objective):
        name = "two"

        def forward(self, state, batch):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
            return state.logits.sum() * 0 + 2.0

    spec = network(objectives={"a": (block(Two), 0.5), "b": (block(Two), 0.25)})
    _, losses = Learner(build(), spec, testing.K)(some_batch())
    assert losses["loss"].item() == pytest.approx(1.5)
    assert losses["a"].item() == 2.0


def test_emotions_count_in_the_losses_as_much_as_they_are_weighted() -> None:
    class Counted(Objective):
        name = "counted"

        def forward(self, state, batch):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
            return state.logits.sum() * 0 + batch.weight.sum()

    spec = network(objectives={"a": (block(Counted), 1.0)}, loss_weights={"e1": 3.0})
    net, batch = Network(spec, testing.MODALITIES, LABELS, None), some_batch()
    _, losses = Learner(net, spec, testing.K)(batch)
    assert losses["a"].item() == pytest.approx(float((batch.weight * (1 + 2 * batch.D[:, 1])).sum()))
    with pytest.raises(UsageError, match=r"no emotion 'joyy'\. There are: e0, e1"):
        check_network(network(loss_weights={"joyy": 3.0}), testing.MODALITIES, LABELS, None)


def test_check_counts_the_parameters_of_every_part() -> None:
    size = check_network(network(), testing.MODALITIES, LABELS, None)
    assert size.parameters == sum(size.parts.values())
    assert size.parameters == sum(p.numel() for p in build().parameters())
    assert size.parts["physiological.memory"] == testing.K * 8


def test_check_names_a_head_with_a_wrong_shape() -> None:
    class Wide(Head):
        name = "wide"

        def forward(self, streams):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
            return next(iter(streams.values())).z, {}

    from dataclasses import replace

    with pytest.raises(PluginError, match=r"head 'wide' \(.*\.py\) returned logits \(2, 8\), not \(2, 5\)"):
        check_network(replace(network(), head=block(Wide)), testing.MODALITIES, LABELS, None)


def test_networks_with_one_and_three_streams_predict() -> None:
    from dataclasses import replace

    both = network()
    one = replace(both, streams={"only": both.streams["behavioural"]})
    three = replace(both, streams=dict.fromkeys("abc", both.streams["behavioural"]))
    for spec in (one, three):
        batch = some_batch()
        net = Network(spec, testing.MODALITIES, LABELS, None)
        assert net(batch.X, batch.present).logits.shape == (6, testing.K)
