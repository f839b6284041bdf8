"""Checks of what is not there: a fusion's absent modalities, a retrieval's masked patterns."""

import torch

from mpcl_core.testing.cases import STORED, Case
from mpcl_core.testing.failure import demand, demand_equal
from mpcl_core.testing.sample_data import MODALITIES, everywhere, noise, tokens


def absent_has_no_influence(case: Case) -> None:
    """Tokens of an absent modality change neither z nor a gradient, and z is finite where all are absent."""
    fusion = case.build().eval()
    for modality in MODALITIES:
        name = modality.name
        present = everywhere(4) | {name: torch.zeros(4, dtype=torch.bool)}
        given = tokens(4)
        given[name].requires_grad_()
        z = fusion(given, present)
        other = fusion({**given, name: given[name].detach() * 100 + 5}, present)
        demand_equal(z, other, f"'{name}' is absent, but other tokens of it change z")
        (gradient,) = torch.autograd.grad(z.square().sum(), given[name], allow_unused=True)
        untouched = gradient is None or not gradient.any()
        demand(untouched, f"'{name}' is absent, but a gradient reaches its tokens")
    nothing = {name: torch.zeros(4, dtype=torch.bool) for name in everywhere(4)}
    demand(fusion(tokens(4), nothing).isfinite().all(), "z is not finite where every modality is absent")


def masked_has_no_influence(case: Case) -> None:
    """Patterns whose mask is false do not exist: they change no answer, and without any pattern the answer is 0."""
    retrieval = case.build().eval()
    query, stored, _ = case.given(4, 0)
    mask = torch.arange(STORED).expand(4, STORED) < STORED - 2
    answer = retrieval(query, stored, mask)
    other = retrieval(query, torch.where(mask.unsqueeze(-1), stored, 7 * noise(*stored.shape, seed=9)), mask)
    demand_equal(answer, other, "masked patterns change what is retrieved")
    without = retrieval(query, stored[:, : STORED - 2], None)
    demand_equal(answer, without, "a masked pattern counts, unlike one that was never stored", 1e-5)
    demand(not retrieval(query, stored, torch.zeros_like(mask)).any(), "without any pattern the answer is not 0")
