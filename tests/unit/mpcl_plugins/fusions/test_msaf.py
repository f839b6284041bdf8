"""msaf against its equations written out, and the effects of its masks and switches."""

import math
from itertools import product
from typing import Any

import pytest
import torch
from torch import Tensor

from mpcl_core import testing
from mpcl_core.interfaces.data import Modality
from mpcl_core.toolkit.masking import normalise
from mpcl_plugins.fusions._multi_scale import MultiScaleRetrieval, Scales
from mpcl_plugins.fusions.msaf import MSAF
from support.gradients import gradcheck

D = 6
COUNTS = {"eeg": 3, "ppg": 4, "gsr": 2}
SWITCHES: list[dict[str, Any]] = [
    *({"memory": memory, "merge": merge} for memory, merge in product(("separate", "joint"), ("weighted", "concat"))),
    {"readout": "flatten"},
    {"readout": "mean"},
    {"projections": True, "learnable_betas": True},
    {"betas": (2.0,)},
    {"betas": (2.0,), "merge": "concat"},
]
settings = pytest.mark.parametrize("switches", SWITCHES, ids=lambda s: "-".join(map(str, s.values())))


def msaf(counts: dict[str, int] = COUNTS, primary: str = "eeg", **switches: Any) -> MSAF:
    torch.manual_seed(0)
    modalities = tuple(Modality(name, 1, 1) for name in counts)
    made = MSAF(modalities=modalities, n_tokens=tuple(counts.values()), dim=D, primary=primary, **switches)
    with torch.no_grad():
        for p in made.parameters():
            p.add_(0.3 * torch.randn_like(p))
    return made


def tokens(b: int = 5, counts: dict[str, int] = COUNTS) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(1)
    return {name: torch.randn(b, n, D, generator=generator) for name, n in counts.items()}


def present(b: int = 5, absent: tuple[str, ...] = (), counts: dict[str, int] = COUNTS) -> dict[str, Tensor]:
    return {name: torch.full((b,), name not in absent) for name in counts}


def written_out(fusion: MSAF, H: dict[str, Tensor], *, joint: bool, concat: bool) -> Tensor:
    """Compute F of the first window, scale by scale and auxiliary by auxiliary.

    Returns:
        F (c d).
    """
    retrieval = fusion.retrieval
    assert retrieval is not None
    query, key = retrieval.query(H["eeg"][0]), {a: retrieval.key(H[a][0]) for a in ("ppg", "gsr")}
    unit = {a: k / k.norm(dim=-1, keepdim=True) for a, k in key.items()}
    q = query / query.norm(dim=-1, keepdim=True)
    read = []
    for beta in retrieval.scales():
        total = sum((beta * q @ u.T).exp().sum(-1, keepdim=True) for u in unit.values())
        R = torch.zeros(COUNTS["eeg"], D)
        for i, (a, u) in enumerate(unit.items()):
            e = (beta * q @ u.T).exp()
            A = e / (total if joint else e.sum(-1, keepdim=True))
            R = R + retrieval.gates[i] * A @ H[a][0] @ retrieval.value.weight.T
        read.append(R)
    if concat:
        assert retrieval.concat is not None
        R = torch.cat(read, -1) @ retrieval.concat.weight.T
    elif retrieval.omega is None:
        (R,) = read
    else:
        R = sum(omega * R for omega, R in zip(retrieval.omega.softmax(0), read, strict=True))
    return fusion.norm(H["eeg"][0] + R)  # type: ignore[no-any-return]


@pytest.mark.slow
@settings
def test_it_keeps_the_contract_in_every_setting(switches: dict[str, Any]) -> None:
    assert testing.failures(MSAF, primary="gsr", **switches) == {}


@settings
def test_it_equals_the_equations_written_out(switches: dict[str, Any]) -> None:
    fusion, H = msaf(**switches), tokens()
    F = written_out(fusion, H, joint=switches.get("memory") == "joint", concat=switches.get("merge") == "concat")
    z = fusion(H, present())[0]
    assert type(fusion.readout).__name__.lower() == switches.get("readout", "attention") + "readout"
    parameters = dict(fusion.readout.named_parameters())
    if "u" in parameters:
        expected = (F @ parameters["u"]).softmax(0) @ F
    elif parameters:
        expected = F.flatten() @ parameters["project.weight"].T + parameters["project.bias"]
    else:
        expected = F.mean(0)
    assert torch.allclose(z, expected, atol=1e-5)


@settings
def test_gradients(switches: dict[str, Any]) -> None:
    def call(fusion: MSAF, *values: Tensor) -> Tensor:
        available = {**present(2), "ppg": torch.tensor([True, False]), "eeg": torch.tensor([False, True])}
        return fusion(dict(zip(COUNTS, values, strict=True)), available)  # type: ignore[no-any-return]

    assert gradcheck(msaf(**switches), call, *tokens(2).values())


def test_one_product_with_the_values_equals_three_retrievals() -> None:
    torch.manual_seed(0)
    betas = (1.0, 4.0, 16.0)
    retrieval = MultiScaleRetrieval(groups=[7], dim=D, scales=Scales(betas, False))
    assert retrieval.omega is not None
    with torch.no_grad():
        retrieval.omega.copy_(torch.tensor([0.3, -1.0, 0.8]))
    query, stored = torch.randn(4, 5, D), torch.randn(4, 7, D)
    once = retrieval(query, stored, torch.ones(4, 1, dtype=torch.bool))
    thrice = sum(
        omega
        * torch.nn.functional.scaled_dot_product_attention(
            normalise(query), normalise(stored), retrieval.value(stored), scale=beta
        )
        for omega, beta in zip(retrieval.omega.softmax(0), betas, strict=True)
    )
    assert torch.allclose(once, thrice, atol=1e-6)


@pytest.mark.parametrize("memory", ["separate", "joint"])
def test_with_one_stored_token_beta_does_not_matter(memory: str) -> None:
    counts = {"eeg": 3, "ppg": 1}
    z = [
        msaf(counts, betas=betas, memory=memory)(tokens(counts=counts), present(counts=counts))
        for betas in ((1.0, 4.0, 16.0), (0.01, 9.0, 500.0))
    ]
    assert torch.allclose(z[0], z[1], atol=1e-6)


def test_small_beta_averages_and_large_beta_finds_the_nearest() -> None:
    query, stored = torch.randn(2, 4, D), torch.randn(2, 9, D)
    available = torch.ones(2, 1, dtype=torch.bool)

    def read(beta: float) -> Tensor:
        torch.manual_seed(0)
        return MultiScaleRetrieval(groups=[9], dim=D, scales=Scales((beta,), False))(query, stored, available)  # type: ignore[no-any-return]

    torch.manual_seed(0)
    W = MultiScaleRetrieval(groups=[9], dim=D, scales=Scales((1.0,), False)).value
    nearest = (normalise(query) @ normalise(stored).mT).argmax(-1)
    assert torch.allclose(read(1e-6), W(stored.mean(1, keepdim=True)).expand(2, 4, D), atol=1e-5)
    assert torch.allclose(read(1e5), W(torch.stack([stored[i, nearest[i]] for i in range(2)])), atol=1e-5)


def test_the_three_scales_average_mix_and_select() -> None:
    torch.manual_seed(0)
    stored = torch.randn(50, 32, 64)
    retrieval = MultiScaleRetrieval(groups=[32], dim=64, scales=Scales((1.0, 4.0, 8.0), False))
    maps = retrieval.attention(stored, stored, torch.ones(50, 1, dtype=torch.bool))
    entropy = [float(torch.special.entr(p).sum(-1).mean()) / math.log(32) for p in maps]
    assert entropy == pytest.approx([0.99, 0.56, 0.04], abs=0.02)


@pytest.mark.parametrize("memory", ["separate", "joint"])
def test_the_order_of_stored_tokens_does_not_matter_and_windows_do_not_mix(memory: str) -> None:
    fusion, H = msaf(memory=memory), tokens()
    z = fusion(H, present())
    assert torch.allclose(fusion({**H, "ppg": H["ppg"][:, [2, 0, 3, 1]]}, present()), z, atol=1e-6)
    order = torch.tensor([3, 0, 4, 1, 2])
    assert torch.allclose(fusion({a: h[order] for a, h in H.items()}, present()), z[order], atol=1e-6)
    alone = torch.cat([fusion({a: h[i : i + 1] for a, h in H.items()}, present(1)) for i in range(5)])
    assert torch.allclose(alone, z, atol=1e-6)


@pytest.mark.parametrize("merge", ["weighted", "concat"])
@pytest.mark.parametrize("memory", ["separate", "joint"])
def test_an_absent_auxiliary_has_no_influence(memory: str, merge: str) -> None:
    counts = {"eeg": 3, "ppg": 4}
    both, one = msaf(memory=memory, merge=merge), msaf(counts, memory=memory, merge=merge)
    weights = both.state_dict()
    weights["retrieval.gates"] = weights["retrieval.gates"][:1]
    one.load_state_dict(weights)
    H = tokens()
    z = both(H, present(absent=("gsr",)))
    assert torch.allclose(z, one({a: H[a] for a in counts}, present(counts=counts)), atol=1e-6)


def test_without_auxiliaries_only_the_primary_is_used() -> None:
    fusion, H = msaf(readout="mean"), tokens()
    z = fusion(H, present(absent=("ppg", "gsr")))
    assert torch.allclose(z, fusion.norm(H["eeg"]).mean(1), atol=1e-6)
    single = msaf({"eeg": 3}, readout="mean")
    assert single.retrieval is None
    assert torch.allclose(single({"eeg": H["eeg"]}, present(counts={"eeg": 3})), single.norm(H["eeg"]).mean(1))
    assert set(dict(single.named_parameters())) == {"norm.weight", "norm.bias"}


def test_an_absent_primary_is_the_mean_token_of_the_present_auxiliaries() -> None:
    fusion, H = msaf(), tokens()
    for absent in (("eeg",), ("eeg", "gsr")):
        available = [a for a in ("ppg", "gsr") if a not in absent]
        mean = torch.cat([H[a] for a in available], 1).mean(1, keepdim=True).expand(-1, 3, -1)
        z = fusion(H, present(absent=absent))
        instead = fusion({**H, "eeg": mean}, present(absent=absent[1:]))
        assert torch.allclose(z, instead, atol=1e-6)


@settings
def test_nothing_present_gives_finite_gradients(switches: dict[str, Any]) -> None:
    fusion = msaf(**switches)
    H = {a: torch.zeros_like(h).requires_grad_() for a, h in tokens().items()}
    fusion(H, present(absent=tuple(COUNTS))).square().sum().backward()
    gradients = [h.grad for h in H.values()] + [p.grad for p in fusion.parameters()]
    assert all(g is None or g.isfinite().all() for g in gradients)
    assert not any(h.grad is not None and h.grad.any() for h in H.values())


def test_learned_betas_start_at_their_values_and_stay_in_order() -> None:
    scales = Scales((1.0, 4.0, 16.0), True)
    assert [beta.item() for beta in torch.stack(list(scales()))] == pytest.approx([1.0, 4.0, 16.0])
    optimizer = torch.optim.SGD(scales.parameters(), lr=1.0)
    for _ in range(20):  # pulls the last below the first
        beta = torch.stack(list(scales()))
        optimizer.zero_grad()
        torch.autograd.backward(beta[2] - beta[0])
        optimizer.step()
    beta = torch.stack(list(scales()))
    assert beta[0] > 0
    assert (beta.diff() > 0).all()


def test_gates_start_at_the_parameter() -> None:
    modalities = tuple(Modality(name, 1, 1) for name in COUNTS)
    made = MSAF(modalities=modalities, n_tokens=(3, 4, 2), dim=D, primary="eeg", gate=0.25)
    assert made.retrieval is not None
    assert made.retrieval.gates.tolist() == [0.25, 0.25]


def test_diagnostics_are_distributions_over_the_stored_tokens() -> None:
    joint = msaf(memory="joint").diagnostics(tokens(), present(absent=("gsr",)))
    assert joint["attention.ppg"].shape == (5, 3, 3, 4)
    assert torch.allclose(joint["attention.ppg"].sum(-1), torch.ones(5, 3, 3))
    assert not joint["attention.gsr"].any()
    separate = msaf().diagnostics(tokens(), present())
    for a, n in (("ppg", 4), ("gsr", 2)):
        assert separate[f"attention.{a}"].shape == (5, 3, 3, n)
        assert torch.allclose(separate[f"attention.{a}"].sum(-1), torch.ones(5, 3, 3))
    assert torch.allclose(separate["readout"].sum(-1), torch.ones(5))
    assert separate["betas"].tolist() == [1.0, 4.0, 16.0]
    assert not any(view.requires_grad for view in separate.values())


def test_bad_parameters_are_refused() -> None:
    with pytest.raises(ValueError, match="'ecg' is no modality of the stream, which has eeg, ppg, gsr"):
        msaf(primary="ecg")
    for betas in ((), (4.0, 1.0), (0.0, 1.0), (-1.0,), (2.0, 2.0)):
        with pytest.raises(ValueError, match="betas must be positive and increasing"):
            msaf(betas=betas)
