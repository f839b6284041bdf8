"""concat and mean against their equations."""

import torch
from torch import Tensor

from mpcl_core.interfaces.components import Fusion
from mpcl_core.interfaces.data import Modality
from mpcl_plugins.fusions.concat import Concat
from mpcl_plugins.fusions.mean import Mean
from support.gradients import gradcheck

D = 4
COUNTS = {"eeg": 3, "ppg": 2}
MODALITIES = tuple(Modality(name, 1, 1) for name in COUNTS)


def tokens(b: int = 3) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(0)
    return {name: torch.randn(b, n, D, generator=generator) for name, n in COUNTS.items()}


def some_present(b: int = 3) -> dict[str, Tensor]:
    return {"eeg": torch.tensor([True, False, True])[:b], "ppg": torch.tensor([True, True, False])[:b]}


def call(fusion: Fusion, *values: Tensor) -> Tensor:
    return fusion(dict(zip(COUNTS, values, strict=True)), some_present())  # type: ignore[no-any-return]


def test_mean_of_the_present() -> None:
    H = tokens()
    z = Mean(modalities=MODALITIES, n_tokens=(3, 2), dim=D)(H, some_present())
    eeg, ppg = H["eeg"].mean(1), H["ppg"].mean(1)
    assert torch.allclose(z, torch.stack([(eeg[0] + ppg[0]) / 2, ppg[1], eeg[2]]))


def test_concat_of_the_present() -> None:
    H = tokens()
    fusion = Concat(modalities=MODALITIES, n_tokens=(3, 2), dim=D)
    eeg, ppg = H["eeg"].mean(1), H["ppg"].mean(1)
    eeg[1], ppg[2] = 0, 0
    expected = torch.cat([eeg, ppg], -1) @ fusion.project.weight.T + fusion.project.bias
    assert torch.allclose(fusion(H, some_present()), expected, atol=1e-6)


def test_gradients() -> None:
    for cls in (Concat, Mean):
        assert gradcheck(cls(modalities=MODALITIES, n_tokens=(3, 2), dim=D), call, *tokens().values())


def test_permuting_rows_permutes_the_embeddings() -> None:
    H, there, order = tokens(), some_present(), torch.tensor([2, 0, 1])
    for cls in (Concat, Mean):
        fusion = cls(modalities=MODALITIES, n_tokens=(3, 2), dim=D)
        z = fusion({a: h[order] for a, h in H.items()}, {a: p[order] for a, p in there.items()})
        assert torch.allclose(z, fusion(H, there)[order], atol=1e-6)
