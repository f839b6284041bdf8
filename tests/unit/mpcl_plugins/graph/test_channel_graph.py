"""channel_graph against torch-geometric, the start of its graph, and what it refuses."""

import math
from typing import Any

import pytest
import torch
from torch import Tensor

from mpcl_core.interfaces.data import Modality
from mpcl_plugins.encoders.channel_tokens import ChannelTokens
from mpcl_plugins.graph._electrodes import nearness, position
from mpcl_plugins.graph.channel_graph import ChannelGraph
from support.gradients import gradcheck

NAMES = ("Fp1", "Fp2", "F3", "F4", "T7", "T8", "P3", "P4")
FEATURES = Modality("eeg", 4, 3)
SIGNAL = Modality("eeg", 4, 40, 20.0)


def encoder(modality: Modality = FEATURES, **parameters: Any) -> ChannelGraph:
    torch.manual_seed(0)
    made = ChannelGraph(modality=modality, dim=6, **parameters)
    made.edges.data.add_(torch.randn_like(made.edges))
    return made


def tokens(made: ChannelGraph, mixed: Tensor) -> Tensor:
    return made.project(mixed.relu()) + made.channel  # type: ignore[no-any-return]


@pytest.mark.parametrize("order", [1, 2, 3, 5])
def test_positive_equals_the_chebyshev_sum_written_out(order: int) -> None:
    made, x = encoder(order=order), torch.randn(2, 4, 3)
    edges, A = made.edges.tolist(), torch.zeros(4, 4)
    for i in range(4):
        for j in range(4):
            if i != j:
                A[i, j] = max(0.0, (edges[i][j] + edges[j][i]) / 2)
    degree = A.sum(1)
    L = torch.eye(4) - A / (degree[:, None] * degree).sqrt()
    values, vectors = torch.linalg.eigh(L - torch.eye(4))  # T_k(L̃) by the eigenvalues, cos(k arccos λ)
    T = [vectors @ torch.diag(torch.cos(k * torch.arccos(values.clamp(-1, 1)))) @ vectors.T for k in range(order + 1)]
    mixed = made.mix(torch.cat([t @ x for t in T], -1))
    torch.testing.assert_close(made(x), tokens(made, mixed), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("order", [1, 3])
def test_both_equal_the_operators_of_torch_geometric(order: int) -> None:
    from torch_geometric.nn import ChebConv, SGConv
    from torch_geometric.utils import dense_to_sparse

    x = torch.randn(2, 4, 3)
    positive, signed = encoder(order=order), encoder(order=order, weights="signed")
    signed.edges.data.abs_()  # SGConv's normalisation knows no others
    edges, A = dense_to_sparse(positive.adjacency())
    chebyshev = ChebConv(3, 6, order + 1)
    parts = dict(enumerate(positive.mix.weight.split(3, -1)))
    chebyshev.load_state_dict({"bias": positive.mix.bias, **{f"lins.{k}.weight": part for k, part in parts.items()}})
    expected = chebyshev(x, edges, A, lambda_max=2.0)
    torch.testing.assert_close(positive(x), tokens(positive, expected), atol=1e-5, rtol=1e-4)
    edges, A = dense_to_sparse(signed.adjacency())
    hops = SGConv(3, 6, order, add_self_loops=False)
    hops.load_state_dict({"lin.weight": signed.mix.weight, "lin.bias": signed.mix.bias})
    torch.testing.assert_close(signed(x), tokens(signed, hops(x, edges, A)), atol=1e-5, rtol=1e-4)


def test_negative_edges_change_the_sign() -> None:
    made, x = encoder(order=1, weights="signed"), torch.randn(1, 4, 3)
    made.edges.data.copy_(torch.eye(4))
    made.edges.data[0, 1] = made.edges.data[1, 0] = -3.0
    (h,) = x
    mixed = torch.stack([(h[0] - 3 * h[1]) / 4, (h[1] - 3 * h[0]) / 4, h[2], h[3]])
    torch.testing.assert_close(made(x)[0], tokens(made, made.mix(mixed)))


def test_negative_edges_are_cut_and_a_channel_without_edges_is_finite() -> None:
    made = encoder()
    made.edges.data.fill_(-1.0)
    H = made(torch.randn(2, 4, 3))
    H.sum().backward()
    assert not made.adjacency().any()
    assert H.isfinite().all()
    assert made.edges.grad is not None
    assert made.edges.grad.isfinite().all()


@pytest.mark.parametrize("weights", ["positive", "signed"])
@pytest.mark.parametrize("modality", [FEATURES, SIGNAL], ids=["features", "signal"])
def test_gradients(modality: Modality, weights: str) -> None:
    made = encoder(modality, weights=weights, filters=2, kernel=0.4)
    assert gradcheck(made, lambda e, x: e(x), torch.randn(2, 4, modality.n_times or 1))


def test_features_of_a_signal_equal_those_of_channel_tokens() -> None:
    made, plain, x = encoder(SIGNAL), ChannelTokens(modality=SIGNAL, dim=6), torch.randn(2, 4, 40)
    made.features.load_state_dict(plain.features.state_dict())
    assert torch.equal(made.features(x), plain.features(x))


def test_an_even_start_keeps_half_of_a_channel() -> None:
    A = ChannelGraph(modality=FEATURES, dim=6, weights="signed").adjacency()
    assert torch.equal(A.diagonal(), A.sum(1) / 2)


def test_positions_of_electrodes_follow_the_system() -> None:
    places = {name: position(name) for name in (*NAMES, "Cz", "Fz", "Oz", "C3", "F7", "T3", "fp1")}
    assert all(p is not None and math.isclose(float(p @ p), 1.0) for p in places.values())
    right, front, up = ({name: p[axis] for name, p in places.items() if p is not None} for axis in range(3))
    assert up["Cz"] == 1.0
    assert front["Fp1"] > front["F3"] > front["C3"] > front["P3"] > front["Oz"]
    assert right["T7"] < right["C3"] < 0 < right["F4"] < right["T8"]
    assert right["T3"] == right["T7"]
    assert right["fp1"] == right["Fp1"]
    assert math.isclose(math.degrees(math.acos(up["C3"])), 36.0)
    assert position("Fp3") is None


def test_a_fifth_of_the_pairs_starts_near_and_mirrors_start_opposed() -> None:
    A = nearness(NAMES, signed=False)
    pairs = A[tuple(torch.triu_indices(8, 8, 1))]
    assert torch.equal(A, A.T)
    assert A.diagonal().tolist() == [1.0] * 8
    assert 0.15 < float((pairs > 0.1).float().mean()) <= 0.25
    assert (pairs > 0).all()
    B = nearness((*NAMES, "Cz"), signed=True)
    opposed = {(i, j) for i, j in (B < 0).nonzero().tolist()}
    assert opposed == {(i, i ^ 1) for i in range(8)}
    assert B[8, 8] == 1.0


@pytest.mark.parametrize(
    ("names", "message"), [((), "have none"), (("Fp1", "A1", "Cz", "X"), "10-20 system, not A1, X")]
)
def test_unknown_electrodes_are_refused(names: tuple[str, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ChannelGraph(modality=Modality("eeg", 4, 3, None, names), dim=6, start="electrodes")


def test_too_few_channels_are_refused() -> None:
    with pytest.raises(ValueError, match="the channels of 'ppg' are 2, but a graph needs three"):
        ChannelGraph(modality=Modality("ppg", 2, 3), dim=6)
