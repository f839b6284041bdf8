"""L = mean_i -log softmax_j(s_ij) at the j with D_j = D_i: which of the distinct training distributions a window has.

    of: prediction    s_ij = -KL(D_j ‖ D_pred_i) / τ         no parameters; the nearest D_j must be the true one
    of: head          s_ij = the head's ``label_logits``     a learned classifier (`expected_label`)

Where windows of a trial share one rating, few distinct distributions stand for all windows, and KL alone gains little
beyond their mean: it is some hundredths of a nat, where this loss starts at log J. A class here is a trial (or several
rated alike) and no emotion, so where trials are on both sides of a split this objective helps to recognise them.

Differs from the paper (MPCL, arXiv 2602.20530): an independent addition, off unless a recipe names it.
"""

from typing import Literal

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor

from mpcl_core.plugin import (
    Batch,
    Count,
    Objective,
    PluginError,
    Positive,
    State,
    at_least_float32,
    distinct_distributions,
    weighted_mean,
)


class LabelCE(Objective):
    """Classify each window among the distinct distributions of the fitting windows.

    The loss is the cross-entropy in nats. The class of a window is the nearest distribution (the first of equal ones,
    so that unused capacity, filled with the first distribution, is never a class).

    Args:
        of: what classifies: the prediction, or a classifier in the head.
        tau: τ, of the prediction; small against the divergence of two labels makes the nearest win.
        capacity: the most distinct distributions, with ``of: prediction``.

    Raises:
        DataError: there are more distinct labels than the capacity.
        PluginError: ``of: head``, and the head returns no ``label_logits`` and ``labels``.
    """

    name = "label_ce"
    labels: Tensor
    known: Tensor

    def __init__(
        self,
        *,
        n_outputs: int,
        dim: int,
        of: Literal["prediction", "head"] = "prediction",
        tau: Positive = 0.02,
        capacity: Count = 64,
    ) -> None:
        super().__init__(n_outputs=n_outputs, dim=dim)
        self.of, self.tau, self.capacity = of, tau, capacity
        self.register_buffer("labels", torch.full((capacity, n_outputs), 1.0 / n_outputs))
        self.register_buffer("known", torch.ones(capacity, dtype=torch.bool))

    def observe(self, D: Float[Tensor, "n k"], weight: Float[Tensor, "n"]) -> None:
        if self.of == "head":
            return
        distinct, _ = distinct_distributions(D, weight, capacity=self.capacity, component=self.name)
        n = len(distinct)
        self.labels[:n], self.labels[n:] = distinct, distinct[0]
        self.known[n:] = False

    def forward(self, state: State, batch: Batch) -> Float[Tensor, ""]:
        scores, labels = self._of_head(state) if self.of == "head" else (self._of_prediction(state), self.labels)
        distance = (rearrange(batch.D, "b k -> b 1 k") - labels).abs().sum(-1)
        target = distance.argmin(-1, keepdim=True)
        loss = scores.logsumexp(-1) - scores.gather(-1, target).squeeze(-1)
        return weighted_mean(loss, batch.weight)

    def _of_prediction(self, state: State) -> Float[Tensor, "b j"]:
        log_prediction = at_least_float32(state.logits).log_softmax(-1)
        labels = self.labels.to(log_prediction.dtype)
        divergence = torch.xlogy(labels, labels).sum(-1) - log_prediction @ labels.mT
        return torch.where(self.known, -divergence / self.tau, torch.finfo(log_prediction.dtype).min)

    def _of_head(self, state: State) -> tuple[Float[Tensor, "b j"], Float[Tensor, "j k"]]:
        if missing := {"label_logits", "labels"} - state.aux.keys():
            raise PluginError(
                f"'label_ce' with of: head needs {', '.join(sorted(missing))}, which this head does not return; "
                "use the head 'expected_label', or of: prediction"
            )
        return at_least_float32(state.aux["label_logits"]), state.aux["labels"]
