"""Prototype Relation Distillation (MPCL, arXiv 2602.20530): two streams relate alike to their prototypes.

    sample:     P(τ)_i = softmax_k(cos(z_i, M) / τ)              rows i of the batch
    prototype:  P_k = softmax_{l ≠ k}(cos(M_k, M_l) / τ_t)       emotions k of a bank
    L = mean KL(sg P₁(τ_t) ‖ P₂(τ_s)) + mean KL(sg P₂(τ_t) ‖ P₁(τ_s))     (sg: no gradient)

summed over all unordered pairs of streams with a memory. With equal temperatures it is 0 exactly when the relations
agree; a teacher sharper than its student (τ_t < τ_s) asks the student to be surer than it is.

Stated in the paper: structural consistency of the emotion prototypes across the two streams. Independent
reconstruction: both relations, the divergence, its direction and the temperatures.
"""

from typing import Literal

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor

from mpcl_core.plugin import Batch, Needs, Objective, Positive, State, normalise, weighted_mean
from mpcl_plugins.objectives._precision import at_least_float32, full_precision
from mpcl_plugins.objectives._remembered import Remembered, pairs


class PRD(Objective):
    """Divergence between the prototype relations of the streams, in nats.

    With several prototypes an emotion, the sample relation is summed over them, and the prototype relation compares
    their means: the number of a prototype means nothing in another bank.

    Args:
        relation: of each sample to the prototypes, or of the prototypes of a bank to each other (which the weights
            of the rows do not change).
        teacher: which stream's relation the other must follow; ``both`` takes turns and adds.
        tau_teacher: τ_t, also both temperatures of the prototype relation.
        tau_student: τ_s.
    """

    name = "prd"
    needs = Needs(memories=2)

    def __init__(
        self,
        *,
        n_outputs: int,
        dim: int,
        relation: Literal["sample", "prototype"] = "sample",
        teacher: Literal["both", "first", "second"] = "both",
        tau_teacher: Positive = 0.1,
        tau_student: Positive = 0.2,
    ) -> None:
        super().__init__(n_outputs=n_outputs, dim=dim)
        self.relation, self.teacher = relation, teacher
        self.tau_teacher = tau_teacher
        self.tau_student = tau_student if relation == "sample" else tau_teacher

    def forward(self, state: State, batch: Batch) -> Float[Tensor, ""]:
        with full_precision(batch.D):
            losses = [self._loss(first, second, batch.weight) for first, second in pairs(state)]
        return torch.stack(losses).sum()

    def _loss(self, first: Remembered, second: Remembered, weight: Float[Tensor, "b"]) -> Float[Tensor, ""]:
        there = weight * first.present * second.present
        turns = {"both": [(first, second), (second, first)], "first": [(first, second)], "second": [(second, first)]}
        return torch.stack([self._distilled(a, b, there) for a, b in turns[self.teacher]]).sum()

    def _distilled(self, teacher: Remembered, student: Remembered, weight: Float[Tensor, "b"]) -> Float[Tensor, ""]:
        target = self._log_relation(teacher, self.tau_teacher).detach()
        given = self._log_relation(student, self.tau_student)
        divergence = (target.exp() * (target - given)).sum(-1)
        return weighted_mean(divergence, weight) if self.relation == "sample" else divergence.mean()

    def _log_relation(self, stream: Remembered, tau: float) -> Float[Tensor, "rows _"]:
        M = at_least_float32(stream.prototypes)
        if self.relation == "prototype":
            centres = normalise(M.mean(-2))
            return without_diagonal(centres @ centres.mT / tau).log_softmax(-1)
        cosine = normalise(at_least_float32(stream.z)) @ normalise(rearrange(M, "k m d -> (k m) d")).mT
        by_emotion = rearrange(cosine / tau, "b (k m) -> b k m", k=self.n_outputs)
        return by_emotion.logsumexp(-1).log_softmax(-1)


def without_diagonal(square: Float[Tensor, "k k"]) -> Float[Tensor, "k _"]:
    """Each row without its entry on the diagonal."""
    k = square.shape[-1]
    return square.flatten()[1:].reshape(k - 1, k + 1)[:, :-1].reshape(k, k - 1)
