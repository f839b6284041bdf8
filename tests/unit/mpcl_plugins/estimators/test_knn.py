"""Neighbours against a search by brute force."""

import numpy as np
import pytest

from mpcl_core.interfaces.data import Modality, WindowSet
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.estimators.knn import KNN

MODALITIES = (Modality("eeg", 3, 20, 10.0), Modality("face", 2, 4))


def study(n: int, seed: int) -> WindowSet:
    rng = np.random.default_rng(seed)
    X = {m.name: rng.normal(2, 3, (n, m.n_chans, m.n_times or 0)).astype(np.float32) for m in MODALITIES}
    present = {m.name: rng.random(n) < 0.8 for m in MODALITIES}
    for name, values in X.items():
        values[~present[name]] = 0
    return WindowSet(MODALITIES, X, present, rng.dirichlet(np.ones(3), n), ("x", "y", "z"), weight=rng.random(n))


def line(values: list[float], D: list[list[float]] | None = None) -> WindowSet:
    """Rows on a line: one feature."""
    n = len(values)
    X = {"place": np.array(values, dtype=np.float32).reshape(n, 1, 1)}
    labels = np.full((n, 2), 0.5) if D is None else np.array(D)
    return WindowSet((Modality("place", 1, 1),), X, {"place": np.ones(n, dtype=bool)}, labels, ("a", "b"))


def features(windows: WindowSet, names: list[str]) -> list[list[float]]:
    rows: list[list[float]] = []
    for i in range(len(windows)):
        row: list[float] = []
        for name in names:
            for channel in windows.X[name][i].astype(np.float64):
                row += [channel.mean(), channel.std()] if name == "eeg" else list(channel)
        rows.append(row)
    return rows


@pytest.mark.parametrize("k", [1, 3, 7])
@pytest.mark.parametrize("names", [None, ["face"], ["eeg"], ["face", "eeg"]])
def test_prediction_is_the_mean_of_the_nearest(k: int, names: list[str] | None) -> None:
    fitting, test = study(50, 0), study(15, 1)
    chosen = names or ["eeg", "face"]
    expected = []
    for row in features(test, chosen):
        distances = [
            sum((a - b) ** 2 for a, b in zip(row, other, strict=True) if a != b) for other in features(fitting, chosen)
        ]
        expected.append(fitting.D[np.argsort(distances, kind="stable")[:k]].mean(0))
    np.testing.assert_allclose(KNN(k=k, modalities=names).fit(fitting).predict(test), expected, atol=1e-12)


def test_three_neighbours_by_default_and_weights_do_not_count() -> None:
    fitting = line([0.0, 1.0, 2.0, 9.0], [[1, 0], [0.4, 0.6], [0.1, 0.9], [0, 1]])
    fitting.weight = np.array([5.0, 0.1, 0.1, 1.0])
    np.testing.assert_allclose(KNN().fit(fitting).predict(line([0.0])), [[0.5, 0.5]])


def test_ties_go_to_the_earlier_window() -> None:
    D = [[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]]
    for order, expected in (([1.0, -1.0, 1.0], [0.5, 0.5]), ([5.0, -1.0, 1.0], [0.25, 0.75])):
        found = KNN(k=2).fit(line(order, D)).predict(line([0.0]))
        np.testing.assert_allclose(found, [expected])
    same = KNN(k=2).fit(line([1.0] * 500, [[1.0, 0.0]] * 2 + [[0.0, 1.0]] * 498)).predict(line([1.0] * 300))
    np.testing.assert_array_equal(same, [[1.0, 0.0]] * 300)


def test_many_equal_windows_among_others() -> None:
    """Absent rows are alike; which of them are neighbours must not be chance, nor the number of threads."""
    fitting, test = study(400, 3), study(60, 4)
    fitting.X["face"][::3], test.X["face"][::2] = 0, 0
    found = KNN(k=7, modalities=["face"]).fit(fitting).predict(test)
    for row, D_pred in zip(features(test, ["face"]), found, strict=True):
        distances = ((np.array(features(fitting, ["face"])) - row) ** 2).sum(1)
        np.testing.assert_allclose(D_pred, fitting.D[np.argsort(distances, kind="stable")[:7]].mean(0), atol=1e-12)


def test_more_neighbours_than_windows() -> None:
    fitting = study(4, 0)
    np.testing.assert_allclose(KNN(k=10).fit(fitting).predict(fitting), np.tile(fitting.D.mean(0), (4, 1)))


def test_predictions_do_not_depend_on_other_windows() -> None:
    fitting, test = study(300, 0), study(40, 1)
    model = KNN().fit(fitting)
    joint = model.predict(test)
    np.testing.assert_array_equal(model.predict(test), joint)
    for i in range(len(test)):
        np.testing.assert_array_equal(model.predict(test.take(np.array([i])))[0], joint[i])


def test_bad_values() -> None:
    with pytest.raises(ValueError, match="k is 0"):
        KNN(k=0)
    with pytest.raises(ValueError, match="modalities is empty"):
        KNN(modalities=[])
    with pytest.raises(DataError, match=r"no modality ppg, ecg\. There are: eeg, face"):
        KNN(modalities=["face", "ppg", "ecg"]).fit(study(5, 0))
