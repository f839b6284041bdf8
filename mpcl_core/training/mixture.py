"""D_pred = Σ_m p_m D_m: mix the predictions of a network with those of estimators (the recipe block ``mix``).

    p = argmin Σ_i w_i KL(D_i ‖ Σ_m p_m D_mi)     p_m ≥ 0, Σ_m p_m = 1

over people of the training side, predicted by networks and estimators that did not learn from them (``error_bars``): a
linear opinion pool (Stone, 1961) whose weights are chosen by stacking (Wolpert, 1992). The problem is convex.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float64

from mpcl_core.interfaces.components import Estimator
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.spec.block import Block
from mpcl_core.spec.network import MIXED_NETWORK
from mpcl_core.toolkit.state_file import decode_state, encode_state
from mpcl_core.training.estimator_fit import EstimatorFit
from mpcl_core.training.held_out import HeldOut, predict_held_out
from mpcl_core.training.inner_folds import InnerSplit

_SHARES = "shares"


@dataclass(frozen=True)
class Mixture:
    """Hold the estimators that a network is mixed with, and what each model counts.

    Args:
        estimators: name -> fitted estimator.
        shares: p, that of the network first; they sum to 1.
    """

    estimators: Mapping[str, Estimator]
    shares: Float64[np.ndarray, "M"]

    def predict(self, D_network: Float64[np.ndarray, "N k"], rows: WindowSet) -> Float64[np.ndarray, "N k"]:
        """Mix the predictions of the network with those of the estimators.

        Args:
            D_network: predictions of the network.
            rows: the N windows, or trials, after the fitted transforms.

        Returns:
            (N, k) distributions.
        """
        predicted = [D_network, *(np.asarray(each.predict(rows), np.float64) for each in self.estimators.values())]
        mixed: Float64[np.ndarray, "N k"] = np.einsum("m, m n k -> n k", self.shares, np.stack(predicted))
        return mixed

    def named_shares(self) -> dict[str, float]:
        """Return what each model counts.

        Returns:
            ``network`` and the names of the estimators -> the share.
        """
        names = (MIXED_NETWORK, *self.estimators)
        return {name: float(share) for name, share in zip(names, self.shares, strict=True)}

    def encoded(self) -> bytes:
        """Return the shares and what the estimators learned.

        Returns:
            The content of a safetensors file.
        """
        states = {f"{n}.{key}": v for n, each in self.estimators.items() for key, v in each.state_dict().items()}
        return encode_state({_SHARES: self.shares, **states})


def load_mixture(mix: Mapping[str, Block], content: bytes) -> Mixture:
    """Build the estimators of a mixture, and load what they learned.

    Args:
        mix: name -> estimator, as the recipe states it.
        content: as `Mixture.encoded` returned it.

    Returns:
        The mixture.
    """
    state: dict[str, Any] = dict(decode_state(content))
    estimators: dict[str, Estimator] = {}
    for name, block in mix.items():
        estimators[name] = block.build()
        start = f"{name}."
        own = {key.removeprefix(start): value for key, value in state.items() if key.startswith(start)}
        estimators[name].load_state_dict(own)
    return Mixture(estimators, np.asarray(state[_SHARES], np.float64))


def fit_mixture(
    names: Iterable[str],
    estimators: EstimatorFit,
    fitting: WindowSet,
    held_out: HeldOut | None,
    splits: Sequence[InnerSplit],
) -> tuple[Mixture, HeldOut | None]:
    """Fit the estimators of a mixture on all fitting windows, and choose the shares on held-out people.

    Args:
        names: the names of the estimators.
        estimators: how they are fitted.
        fitting: the fitting windows.
        held_out: predictions of the network for the people of the splits; None where there are too few people, so that
            all models count alike.
        splits: the sides whose people were held out in turn.

    Returns:
        The mixture, and what it predicts for the held-out people.
    """
    fitted = dict(zip(names, estimators.fit(fitting).estimators, strict=True))
    n = 1 + len(fitted)
    if held_out is None:
        return Mixture(fitted, np.full(n, 1 / n)), None
    others = predict_held_out(estimators, fitting, splits)
    predicted = np.stack([held_out.D_pred, *(each.D_pred for each in others)])
    rated = fitting.take(held_out.positions)
    shares = choose_shares(rated.D, predicted, rated.weight)
    return Mixture(fitted, shares), HeldOut(held_out.positions, np.einsum("m, m n k -> n k", shares, predicted))


def choose_shares(
    D: Float64[np.ndarray, "V k"], predicted: Float64[np.ndarray, "M V k"], weight: Float64[np.ndarray, "V"]
) -> Float64[np.ndarray, "M"]:
    """Choose the shares of models with the lowest weighted KL of their mixture.

    Args:
        D: distributions of held-out windows.
        predicted: their predictions by each model.
        weight: what each window counts.

    Returns:
        (M,) p, which sums to 1.

    Example:
        >>> D = np.array([[0.9, 0.1], [0.1, 0.9]])
        >>> choose_shares(D, np.stack([D, D[::-1]]), np.ones(2)).round(3).tolist()
        [1.0, 0.0]
    """
    from scipy.optimize import minimize

    solve: Any = minimize
    n = len(predicted)
    counted = D * (weight / weight.sum())[:, None]
    likely = predicted.clip(1e-12)

    def loss(shares: Float64[np.ndarray, "M"]) -> tuple[float, Float64[np.ndarray, "M"]]:
        mixed = np.einsum("m, m n k -> n k", shares, likely).clip(1e-12)
        return -float((counted * np.log(mixed)).sum()), -np.einsum("n k, m n k -> m", counted / mixed, likely)

    sum_to_one = {"type": "eq", "fun": lambda shares: shares.sum() - 1, "jac": np.ones_like}
    found = solve(
        loss, np.full(n, 1 / n), jac=True, bounds=[(0, 1)] * n, constraints=sum_to_one, method="SLSQP", tol=1e-12
    )
    shares = np.asarray(found.x, np.float64).clip(0.0)
    return np.asarray(shares / shares.sum(), np.float64)
