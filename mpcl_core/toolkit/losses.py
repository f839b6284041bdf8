"""Provide the losses of MPCL (arXiv 2602.20530) as functions on tensors.

    KL    L = Σ_i w_i KL(D_i ‖ softmax(logits_i)) / Σ_i w_i
    PRD   L = mean KL(sg P₁(τ_t) ‖ P₂(τ_s)) + mean KL(sg P₂(τ_t) ‖ P₁(τ_s)),  P(τ)_i = softmax_k(cos(z_i, M) / τ)
    PCL   L = -τ mean_i [⟨U_xi, U_yi⟩ / τ - log Σ_{j ≠ i} exp(⟨U_xi, U_yj⟩ / τ)]  -  the same in V with anchor V_y

with U_x = r(x; U) what x retrieves from the space U by a Hopfield network, and sg: no gradient. All are in nats, except
PCL, which is scaled by τ. The objectives ``kl``, ``prd`` and ``pcl`` call these functions.
"""

from collections.abc import Callable
from functools import partial
from typing import Literal

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn.functional import pad

from mpcl_core.toolkit.distributions import kl_divergence
from mpcl_core.toolkit.hopfield import hopfield_retrieval
from mpcl_core.toolkit.masking import masked_scores, masked_softmax, normalise, weighted_mean
from mpcl_core.toolkit.precision import at_least_float32, full_precision
from mpcl_core.toolkit.prototypes import prototype_cosines

Relation = Literal["sample", "prototype"]
"""Of each sample to the prototypes, or of the prototypes of a bank to each other."""

Teacher = Literal["both", "first", "second"]
"""Which stream's relation the other must follow; ``both`` adds the two directions."""


def kl(
    D: Float[Tensor, "b k"], logits: Float[Tensor, "b k"], weight: Float[Tensor, "b"] | None = None
) -> Float[Tensor, ""]:
    """Compute the Kullback-Leibler divergence of predictions from the truth, in nats.

    L = Σ_i w_i KL(D_i ‖ softmax(logits_i)) / Σ_i w_i; a term with D = 0 is 0.

    Args:
        D: true distributions, which sum to 1.
        logits: their softmax is the prediction.
        weight: w, what each window counts; None for 1.

    Returns:
        The loss, a scalar.

    Example:
        >>> D = torch.tensor([[0.7, 0.2, 0.1]])
        >>> loss = kl(D, torch.zeros(1, 3))
        >>> round(loss.item(), 4)
        0.2968
    """
    return weighted_mean(kl_divergence(D, at_least_float32(logits).log_softmax(-1)), _weight(weight, D))


def prd(
    z1: Float[Tensor, "b d"],
    z2: Float[Tensor, "b d"],
    M1: Float[Tensor, "k m d"],
    M2: Float[Tensor, "k m2 d"],
    *,
    relation: Relation = "sample",
    teacher: Teacher = "both",
    tau_teacher: float = 0.1,
    tau_student: float = 0.2,
    weight: Float[Tensor, "b"] | None = None,
) -> Float[Tensor, ""]:
    """Compute Prototype Relation Distillation (PRD) between two streams, in nats.

    MPCL, arXiv 2602.20530; an independent reconstruction.

    L = mean KL(sg P₁(τ_t) ‖ P₂(τ_s)) + mean KL(sg P₂(τ_t) ‖ P₁(τ_s)), with P(τ)_i = softmax_k(cos(z_i, M) / τ) for
    the relation ``sample``, and P_k = softmax_{l ≠ k}(cos(M_k, M_l) / τ_t) for ``prototype``. With several prototypes
    an emotion the first is summed over them and the second compares their means.

    Args:
        z1, z2: embeddings of the two streams.
        M1, M2: their prototypes, m of each of k emotions.
        relation: of samples to prototypes, or of the prototypes of a bank to each other (``z1``, ``z2`` and ``weight``
            do not matter then).
        teacher: which stream's relation the other must follow.
        tau_teacher: τ_t, also both temperatures of the relation ``prototype``.
        tau_student: τ_s.
        weight: what each window counts, 0 where either stream is absent; None for 1.

    Returns:
        The loss, a scalar, not negative.

    Example:
        >>> z, M = torch.randn(8, 16), torch.randn(10, 1, 16)
        >>> loss = prd(z, z, M, M, tau_teacher=0.1, tau_student=0.1)
        >>> abs(round(loss.item(), 5))
        0.0
    """
    with full_precision(z1):
        if relation == "prototype":
            first, second = (_prototype_cosines(at_least_float32(M)) for M in (M1, M2))
            weight, tau_student = first.new_ones(len(first)), tau_teacher
        else:
            first, second = prototype_cosines(z1, M1), prototype_cosines(z2, M2)
        return relation_divergence(
            first, second, teacher=teacher, tau_teacher=tau_teacher, tau_student=tau_student, weight=weight
        )


def relation_divergence(
    first: Float[Tensor, "r k m"],
    second: Float[Tensor, "r k m2"],
    *,
    teacher: Teacher = "both",
    tau_teacher: float = 0.1,
    tau_student: float = 0.2,
    weight: Float[Tensor, "r"] | None = None,
) -> Float[Tensor, ""]:
    """Compute the divergence between two relations P(τ)_i = softmax_k logsumexp_m(c_ikm / τ), in nats.

    L = mean KL(sg P₁(τ_t) ‖ P₂(τ_s)) + mean KL(sg P₂(τ_t) ‖ P₁(τ_s)): PRD from cosines that are known.

    Args:
        first, second: c, cosines to the prototypes of two streams, m of each of k emotions.
        teacher: which relation the other must follow; ``both`` adds the two directions.
        tau_teacher: τ_t.
        tau_student: τ_s.
        weight: what each row counts; None for 1.

    Returns:
        The loss, a scalar, not negative.

    Example:
        >>> cosines = torch.tensor([[[0.9], [0.1]]])
        >>> relation_divergence(cosines, cosines, tau_teacher=0.1, tau_student=0.1)
        tensor(0.)
    """
    cosines = _with_equal_counts([first, second])
    leaders = {"both": (0, 1), "first": (0,), "second": (1,)}[teacher]
    target = _log_relation(torch.stack([cosines[leader].detach() for leader in leaders]), tau_teacher)
    student = _log_relation(torch.stack([cosines[1 - leader] for leader in leaders]), tau_student)
    divergence = (target.exp() * (target - student)).sum(-1).sum(0)
    return weighted_mean(divergence, _weight(weight, first))


def pcl(
    x: Float[Tensor, "b d"],
    y: Float[Tensor, "b d"],
    *,
    U: Float[Tensor, "s d"] | None = None,
    V: Float[Tensor, "s2 d"] | None = None,
    beta: float = 8.0,
    inv_tau: float = 30.0,
    loss: Literal["infoloob", "infonce"] = "infoloob",
    negatives: Bool[Tensor, "b b"] | None = None,
    weight: Float[Tensor, "b"] | None = None,
    retrieve: Callable[..., Tensor] | None = None,
    soft: float = 0.0,
) -> Float[Tensor, ""]:
    """Compute the contrast of Prototypical Co-occurrence Learning (PCL) between two streams.

    MPCL, arXiv 2602.20530; an independent reconstruction.

    L = -τ mean_i [⟨U_xi, U_yi⟩ / τ - log Σ_{j ≠ i} exp(⟨U_xi, U_yj⟩ / τ)] - the same in V with anchor V_y, where
    U_x = r(x; U) and so on are Hopfield retrievals. InfoLOOB (CLOOB, Fürst et al., NeurIPS 2022) can be negative: do
    not stop early on it. Windows of weight 0 are neither stored, nor anchors, nor negatives; without negatives the
    loss is 0.

    Args:
        x, y: embeddings of the two streams, window by window.
        U, V: stored patterns, the prototypes of the streams, say; None for x and y of the batch.
        beta: β of the retrieval. 8 suits the batch, 4 prototypes.
        inv_tau: 1/τ.
        loss: leave the positive out of the sum over negatives (``infoloob``), or keep it in (``infonce``).
        negatives: which window j may be a negative of window i; None for all j ≠ i.
        weight: what each window counts, 0 where either stream is absent; None for 1.
        retrieve: a retrieval ``(query, stored, mask) -> retrieved`` that returns vectors of unit length; None for
            `hopfield_retrieval` with ``beta``.
        soft: s; ⟨U_xi, U_yi⟩ becomes (1 - s) ⟨U_xi, U_yi⟩ + s Σ_j q_ij ⟨U_xi, U_yj⟩ with q_i = softmax over the
            negatives j of ⟨U_yi, U_yj⟩ / τ, without a gradient: negatives like the positive are positives in part.

    Returns:
        The loss, a scalar, in units of τ.

    Example:
        >>> x = torch.eye(4)
        >>> aligned, shuffled = pcl(x, x), pcl(x, x.roll(1, 0))
        >>> bool(aligned < shuffled)
        True
    """
    weight = _weight(weight, x)
    counted = weight > 0
    retrieve = retrieve or partial(hopfield_retrieval, beta=beta)
    allowed = (~_diagonal(x) if negatives is None else negatives) & counted
    with full_precision(x):
        x, y = at_least_float32(x), at_least_float32(y)
        queries = torch.stack([torch.cat([x, y]), torch.cat([y, x])])  # anchors first, in the space U and in V
        if U is None and V is None:
            retrieved = retrieve(queries, torch.stack([x, y]), counted.expand(2, -1))
        else:
            spaces = zip(queries, (_space(U, x, counted), _space(V, y, counted)), strict=True)
            retrieved = torch.stack([retrieve(query, *space) for query, space in spaces])
        anchors, others = retrieved.chunk(2, dim=1)
        return weighted_mean(_contrast(anchors, others, allowed, loss, inv_tau, soft).sum(0), weight)


def without_diagonal(square: Float[Tensor, "k k"]) -> Float[Tensor, "k _"]:
    """Remove from each row of a square matrix its entry on the diagonal.

    Args:
        square: the matrix.

    Returns:
        The other entries (k, k - 1), in order.

    Example:
        >>> without_diagonal(torch.arange(9.0).reshape(3, 3))
        tensor([[1., 2.],
                [3., 5.],
                [6., 7.]])
    """
    k = square.shape[-1]
    return square.flatten()[1:].reshape(k - 1, k + 1)[:, :-1].reshape(k, k - 1)


def _weight(weight: Float[Tensor, "b"] | None, like: Float[Tensor, "b *_"]) -> Float[Tensor, "b"]:
    return like.new_ones(len(like)) if weight is None else weight


def _prototype_cosines(M: Float[Tensor, "k m d"]) -> Float[Tensor, "k _ 1"]:
    """Compute the cosines of the mean prototype of each emotion and those of all others.

    Returns:
        Cosines (k, k - 1, 1).
    """
    centres = normalise(M.mean(-2))
    return without_diagonal(centres @ centres.mT).unsqueeze(-1)


def _with_equal_counts(cosines: list[Float[Tensor, "r k _"]]) -> list[Float[Tensor, "r k m"]]:
    """Give every emotion of every stream the same number of prototypes, by some that count nothing.

    Returns:
        The cosines.
    """
    lacking = [max(other.shape[-1] for other in cosines) - each.shape[-1] for each in cosines]
    return [pad(c, (0, n), value=-torch.inf) if n else c for c, n in zip(cosines, lacking, strict=True)]


def _log_relation(cosines: Float[Tensor, "s r k m"], tau: float) -> Float[Tensor, "s r k"]:
    scores = cosines / tau
    return (scores.squeeze(-1) if scores.shape[-1] == 1 else scores.logsumexp(-1)).log_softmax(-1)


def _space(
    patterns: Float[Tensor, "s d"] | None, batch: Float[Tensor, "b d"], counted: Bool[Tensor, "b"]
) -> tuple[Float[Tensor, "_ d"], Bool[Tensor, "_"] | None]:
    """Select the stored patterns: the given ones, or the windows of the batch that count.

    Returns:
        Patterns, and their mask or None for all.
    """
    return (at_least_float32(batch), counted) if patterns is None else (at_least_float32(patterns), None)


def _contrast(
    anchor: Float[Tensor, "s b d"],
    other: Float[Tensor, "s b d"],
    negatives: Bool[Tensor, "b b"],
    loss: Literal["infoloob", "infonce"],
    inv_tau: float,
    soft: float,
) -> Float[Tensor, "s b"]:
    """Contrast each anchor with its positive and its negatives, in every space.

    Returns:
        The loss of each window in each space, × τ; 0 where it has no negatives.
    """
    logits = inv_tau * (anchor @ other.mT)
    summed = negatives if loss == "infoloob" else negatives | _diagonal(negatives)
    against = masked_scores(logits, summed).logsumexp(-1)
    positive = logits.diagonal(dim1=-2, dim2=-1)
    if soft:
        likeness = masked_softmax(inv_tau * (other @ other.mT).detach(), negatives)
        positive = (1.0 - soft) * positive + soft * (likeness * logits).sum(-1)
    contrast = (against - positive) / inv_tau
    return contrast * negatives.any(-1)


def _diagonal(batch: Tensor) -> Bool[Tensor, "b b"]:
    return torch.eye(len(batch), dtype=torch.bool, device=batch.device)
