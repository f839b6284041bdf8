"""Check that absent input has no influence: absent modalities of a fusion, masked patterns of a retrieval."""

import torch

from mpcl_core.testing.cases import STORED, Case
from mpcl_core.testing.failure import demand, demand_equal
from mpcl_core.testing.sample_data import MODALITIES, all_present, noise, tokens


def absent_has_no_influence(case: Case) -> None:
    """Require that tokens of an absent modality change neither z nor a gradient.

    z must be finite where all modalities are absent.
    """
    fusion = case.build().eval()
    for modality in MODALITIES:
        name = modality.name
        present = all_present(4) | {name: torch.zeros(4, dtype=torch.bool)}
        inputs = tokens(4)
        inputs[name].requires_grad_()
        z = fusion(inputs, present)
        changed = fusion({**inputs, name: inputs[name].detach() * 100 + 5}, present)
        demand_equal(z, changed, f"'{name}' is absent, but changing its tokens changes z")
        (gradient,) = torch.autograd.grad(z.square().sum(), inputs[name], allow_unused=True)
        no_gradient = gradient is None or not gradient.any()
        demand(no_gradient, f"'{name}' is absent, but a gradient reaches its tokens")
    none_present = {name: torch.zeros(4, dtype=torch.bool) for name in all_present(4)}
    demand(fusion(tokens(4), none_present).isfinite().all(), "z is not finite where every modality is absent")


def masked_has_no_influence(case: Case) -> None:
    """Require that patterns whose mask is false do not change the result, and that no patterns give 0."""
    retrieval = case.build().eval()
    query, stored, _ = case.make_inputs(4, 0)
    mask = torch.arange(STORED).expand(4, STORED) < STORED - 2
    result = retrieval(query, stored, mask)
    changed = retrieval(query, torch.where(mask.unsqueeze(-1), stored, 7 * noise(*stored.shape, seed=9)), mask)
    demand_equal(result, changed, "changing masked patterns changes the result")
    without = retrieval(query, stored[:, : STORED - 2], None)
    demand_equal(result, without, "masking patterns gives another result than leaving them out", 1e-5)
    demand(not retrieval(query, stored, torch.zeros_like(mask)).any(), "the result is not 0 if all patterns are masked")
