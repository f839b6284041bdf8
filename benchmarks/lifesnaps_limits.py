"""Measure how much of a person's days a watch, their habits and their last answer can tell (LifeSnaps, ten days known).

Each row predicts the days after the tenth of each person with at least fifteen, and is compared with the person's
shrunken mean of ten days (`subject_mean`). Rows with an oracle use later days of the person, which nobody has.
The share of the variance within people that signals explain (people left out) is compared with that of days that are
permuted within people.
Run: python benchmarks/lifesnaps_limits.py FOLDER/daily.csv
"""

import argparse
from collections.abc import Callable

import numpy as np
from jaxtyping import Float64, Int64
from scipy.special import rel_entr
from scipy.stats import wilcoxon

from mpcl_core.app.inspection.checking import variant_specs
from mpcl_core.data.prepare import prepare
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.plugin import known_features, window_features
from mpcl_core.recipe.load import load
from mpcl_plugins.estimators.subject_mean import SubjectMean
from mpcl_plugins.transforms.zscore import ZScore

KNOWN, DRAWS, LEAST = 10, 200, 1e-3
Rows = Int64[np.ndarray, "_"]
Shares = Float64[np.ndarray, "N k"]


class Days:
    """Hold the days of LifeSnaps, with signals z-scored by person and 0 where they are absent.

    Args:
        windows: a window a day, in the order of days.
    """

    def __init__(self, windows: WindowSet) -> None:
        normal = ZScore(scope="subject").fit(windows).transform(windows)
        self.windows, self.D = windows, windows.D
        self.X = (window_features(normal) * known_features(normal)).clip(-5, 5)
        self.person = np.unique(windows.subject, return_inverse=True)[1]
        self.people = range(self.person.max() + 1)
        self.date = np.array([np.datetime64(day) for day in windows.trial])
        self.within = self.D - np.stack([self.D[self.person == p].mean(0) for p in self.people])[self.person]

    def slopes(self, X: Float64[np.ndarray, "N f"], fitting: Rows, alpha: float) -> Float64[np.ndarray, "f k"]:
        """Return the ridge regression of the deviations from each person's mean."""
        x, n = X[fitting], len(fitting)
        B: Float64[np.ndarray, "f k"] = np.linalg.solve(
            x.T @ x / n + alpha * np.eye(x.shape[1]), x.T @ self.within[fitting] / n
        )
        return B

    def explained(self, X: Float64[np.ndarray, "N f"], alpha: float = 3.0) -> float:
        """Return the share of the variance within people that signals explain for people left out."""
        error = 0.0
        for p in self.people:
            own, others = np.flatnonzero(self.person == p), np.flatnonzero(self.person != p)
            error += float(np.square(self.within[own] - X[own] @ self.slopes(X, others, alpha)).sum())
        return 1 - error / float(np.square(self.within).sum())


def scores(days: Days, predict: Callable[[Shares, Rows], Shares]) -> Float64[np.ndarray, "S"]:
    """Return the KL of each person's later days; ``predict`` gets the shrunken mean for each, and their rows."""
    found = []
    for p in days.people:
        own = np.flatnonzero(days.person == p)
        known = np.sort(np.concatenate([np.flatnonzero(days.person != p), own[:KNOWN]]))
        later = days.windows.take(own[KNOWN:])
        centre = SubjectMean().fit(days.windows.take(known)).predict(later)
        raised = predict(centre, own[KNOWN:]).clip(LEAST)
        found.append(rel_entr(later.D, raised / raised.sum(1, keepdims=True)).sum(1).mean())
    return np.array(found)


def with_signals(days: Days, centre: Shares, rows: Rows, alpha: float) -> Shares:
    """Return a centre with what signals add, learnt on the other people."""
    others = np.flatnonzero(days.person != days.person[rows[0]])
    return np.asarray(centre + days.X[rows] @ days.slopes(days.X, others, alpha))


def with_yesterday(days: Days, centre: Shares, rows: Rows, share: float) -> Shares:
    """Return a centre moved towards the answer of the day before, where there is one."""
    is_next = days.date[rows] - days.date[rows - 1] == np.timedelta64(1, "D")
    return np.asarray(centre + share * is_next[:, None] * (days.D[rows - 1] - centre))


def own_mean(days: Days, rows: Rows) -> Shares:
    """Return the mean of the predicted days themselves, for each of them."""
    return np.repeat(days.D[rows].mean(0, keepdims=True), len(rows), 0)


def main() -> None:
    """Print the rows and the share of variance."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", help="daily.csv of LifeSnaps")
    spec = variant_specs(load("lifesnaps-calibrated", (f"source.path={parser.parse_args().path}",)))["one_number"]
    days = Days(prepare(spec.source.build(), [block.build() for block in spec.prepare]))
    mean, oracle = scores(days, lambda c, _: c), scores(days, lambda _, r: own_mean(days, r))
    print(f"the person's shrunken mean: {mean.mean():.4f}")
    rows = {"oracle: the mean of the later days": (oracle, mean)}
    for alpha in (3.0, 10.0, 30.0):
        rows[f"signals, α {alpha:g}"] = scores(days, lambda c, r: with_signals(days, c, r, alpha)), mean  # noqa: B023
        found = scores(days, lambda _, r: with_signals(days, own_mean(days, r), r, alpha))  # noqa: B023
        rows[f"signals, α {alpha:g}, around the oracle (against it)"] = found, oracle
    for share in (0.05, 0.1, 0.2):
        rows[f"{share:g} of yesterday"] = scores(days, lambda c, r: with_yesterday(days, c, r, share)), mean  # noqa: B023
    for name, (score, reference) in rows.items():
        d = score - reference
        wins = f"{(d < 0).sum()} of {len(d)} | {wilcoxon(d).pvalue:.4f}"
        print(f"| {name} | {score.mean():.4f} | {d.mean():+.4f} ± {d.std(ddof=1):.4f} | {wins} |")
    rng, chance = np.random.default_rng(0), []
    for _ in range(DRAWS):
        shuffled = days.X.copy()
        for person in days.people:
            shuffled[days.person == person] = rng.permutation(days.X[days.person == person])
        chance.append(days.explained(shuffled))
    explained = days.explained(days.X)
    p = (1 + np.sum(np.array(chance) >= explained)) / (1 + DRAWS)
    print(f"variance within people that signals explain: {explained:.4f}, permuted {np.mean(chance):.4f}, p {p:.3f}")


if __name__ == "__main__":
    main()
