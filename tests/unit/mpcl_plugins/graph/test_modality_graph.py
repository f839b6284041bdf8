"""modality_graph: the effect of its masks and of the types of tokens. (Its equations: test_graph_routes.)"""

import pytest
import torch
from torch import Tensor

from mpcl_core.interfaces.data import Modality
from mpcl_plugins.graph.modality_graph import ModalityGraph
from support.gradients import gradcheck

D = 8
COUNTS = {"eeg": 3, "ppg": 4, "gsr": 2}


def fusion(counts: dict[str, int] = COUNTS, heads: int = 2) -> ModalityGraph:
    torch.manual_seed(0)
    modalities = tuple(Modality(name, 1, 1) for name in counts)
    made = ModalityGraph(modalities=modalities, n_tokens=tuple(counts.values()), dim=D, heads=heads)
    with torch.no_grad():
        for p in made.parameters():
            p.add_(0.3 * torch.randn_like(p))
    return made


def tokens(b: int = 3) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(1)
    return {name: torch.randn(b, n, D, generator=generator) for name, n in COUNTS.items()}


def present(b: int = 3, absent: tuple[str, ...] = ()) -> dict[str, Tensor]:
    return {name: torch.full((b,), name not in absent) for name in COUNTS}


@pytest.mark.parametrize("absent", [("gsr",), ("ppg",), ("eeg",)])
def test_an_absent_modality_has_no_influence(absent: tuple[str]) -> None:
    complete = fusion()
    remaining = [i for i, name in enumerate(COUNTS) if name not in absent]
    counts = {name: n for name, n in COUNTS.items() if name not in absent}
    part = fusion(counts)
    weights = {name: value for name, value in complete.state_dict().items() if name.split(".")[1:2] != list(absent)}
    weights["gate"] = weights["gate"][remaining]
    for name in ("key", "value", "prior"):
        weights[name] = weights[name][remaining][:, remaining]
    part.load_state_dict(weights)
    H = tokens()
    expected = part({name: H[name] for name in counts}, {name: torch.ones(3, dtype=torch.bool) for name in counts})
    torch.testing.assert_close(complete(H, present(absent=absent)), expected, atol=1e-6, rtol=1e-5)


def test_absent_tokens_get_no_gradient_and_no_tokens_give_zero() -> None:
    made, H = fusion(), {name: h.requires_grad_() for name, h in tokens().items()}
    made(H, present(absent=("ppg",))).square().sum().backward()
    assert H["ppg"].grad is not None
    assert not H["ppg"].grad.any()
    assert H["eeg"].grad is not None
    assert H["eeg"].grad.any()
    made.zero_grad()
    z = made(H, present(absent=tuple(COUNTS)))
    z.square().sum().backward()
    assert not z.any()
    assert all(p.grad is None or p.grad.isfinite().all() for p in made.parameters())


def test_types_of_tokens_matter_and_orders_of_tokens_and_windows_do_not() -> None:
    made, H = fusion(), tokens()
    z = made(H, present())
    assert torch.allclose(made({**H, "ppg": H["ppg"][:, [2, 0, 3, 1]]}, present()), z, atol=1e-6)
    order = torch.tensor([2, 0, 1])
    assert torch.allclose(made({name: h[order] for name, h in H.items()}, present()), z[order], atol=1e-6)
    exchanged = {**H, "eeg": H["ppg"][:, :3], "ppg": torch.cat([H["eeg"], H["ppg"][:, 3:]], 1)}
    assert not torch.allclose(made(exchanged, present()), z, atol=1e-3)


def test_gradients() -> None:
    def call(made: ModalityGraph, *values: Tensor) -> Tensor:
        available = {**present(2), "ppg": torch.tensor([True, False]), "eeg": torch.tensor([False, True])}
        return made(dict(zip(COUNTS, values, strict=True)), available)  # type: ignore[no-any-return]

    assert gradcheck(fusion(), call, *tokens(2).values())


def test_heads_must_divide_the_width() -> None:
    with pytest.raises(ValueError, match="heads is 3, but must divide dim, which is 8"):
        fusion(heads=3)
