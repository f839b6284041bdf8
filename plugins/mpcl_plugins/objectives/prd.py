"""Prototype Relation Distillation (MPCL, arXiv 2602.20530): two streams relate alike to their prototypes.

    sample:     P(τ)_i = softmax_k(cos(z_i, M) / τ)              windows i of the batch
    prototype:  P_k = softmax_{l ≠ k}(cos(M_k, M_l) / τ_t)       emotions k of a bank
    L = mean KL(sg P₁(τ_t) ‖ P₂(τ_s)) + mean KL(sg P₂(τ_t) ‖ P₁(τ_s))     (sg: no gradient)

summed over all unordered pairs of streams with a memory. With equal temperatures it is 0 exactly when the relations
agree; a teacher sharper than its student (τ_t < τ_s) makes the student's relation sharper than its own temperature
would.

Stated in the paper: structural consistency of the emotion prototypes across the two streams. Independent
reconstruction: both relations, the divergence, its direction and the temperatures.

Differs from the paper: ``centred`` (off by default) compares z_i - z̄, z̄ the mean over the batch, with the prototypes:
embeddings share a large constant part, which makes the relations of all windows alike.
"""

from typing import Literal

from jaxtyping import Float
from torch import Tensor

from mpcl_core.plugin import (
    Batch,
    Needs,
    Objective,
    Positive,
    RememberedStream,
    State,
    full_precision,
    prd,
    relation_divergence,
)
from mpcl_plugins.objectives._centring import centred
from mpcl_plugins.objectives._pairs import sum_over_pairs


class PRD(Objective):
    """Compute the divergence between the prototype relations of the streams, in nats.

    With several prototypes an emotion, the sample relation is summed over them, and the prototype relation compares
    their means: the index of a prototype has no meaning in another bank.

    Args:
        relation: of each sample to the prototypes, or of the prototypes of a bank to each other (which the weights
            of the windows do not change).
        teacher: which stream's relation the other must follow; ``both`` adds the two directions.
        tau_teacher: τ_t, also both temperatures of the prototype relation.
        tau_student: τ_s.
        centred: subtract the mean of the batch from the embeddings; the prototype relation has none to subtract.
    """

    name = "prd"
    needs = Needs(memories=2)
    unlabelled = True

    def __init__(
        self,
        *,
        n_outputs: int,
        dim: int,
        relation: Literal["sample", "prototype"] = "sample",
        teacher: Literal["both", "first", "second"] = "both",
        tau_teacher: Positive = 0.1,
        tau_student: Positive = 0.2,
        centred: bool = False,
    ) -> None:
        super().__init__(n_outputs=n_outputs, dim=dim)
        self.relation, self.teacher = relation, teacher
        self.tau_teacher, self.tau_student, self.centred = tau_teacher, tau_student, centred

    def forward(self, state: State, batch: Batch) -> Float[Tensor, ""]:
        return sum_over_pairs(state, lambda first, second: self._loss(first, second, batch.weight))

    def _loss(self, first: RememberedStream, second: RememberedStream, weight: Float[Tensor, "b"]) -> Float[Tensor, ""]:
        weight = weight * first.present * second.present
        if self.relation == "prototype" or self.centred:
            return prd(
                *(centred(first.z, weight), centred(second.z, weight), first.prototypes, second.prototypes),
                relation=self.relation,
                teacher=self.teacher,
                tau_teacher=self.tau_teacher,
                tau_student=self.tau_student,
                weight=weight,
            )
        with full_precision(weight):
            return relation_divergence(
                first.cosines,
                second.cosines,
                teacher=self.teacher,
                tau_teacher=self.tau_teacher,
                tau_student=self.tau_student,
                weight=weight,
            )
