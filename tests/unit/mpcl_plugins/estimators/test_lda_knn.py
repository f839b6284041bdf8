"""lda_knn against the discriminant written out, and on a real subject."""

from pathlib import Path

import numpy as np
import pytest

from mpcl_core.evaluation.metrics import micro_mean, window_scores
from mpcl_core.interfaces.data import Modality, WindowSet
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.estimators.lda_knn import LDAKNN
from mpcl_plugins.protocols.predefined import Predefined
from mpcl_plugins.sources.dmer import DMER
from mpcl_plugins.transforms.zscore import ZScore

LABELS = np.array([[0.7, 0.2, 0.1], [0.2, 0.5, 0.3], [0.1, 0.1, 0.8]])
NOISE = 30.0


def study(n: int, seed: int, labels: np.ndarray = LABELS) -> WindowSet:
    """Three trials that differ in the first feature; a second is loud and says nothing; a third never varies."""
    rng = np.random.default_rng(seed)
    trial = np.arange(n) % len(labels)
    values = np.stack([trial + 0.1 * rng.normal(size=n), NOISE * rng.normal(size=n), np.ones(n)], axis=1)
    X = {"table": values[:, None].astype(np.float32)}
    return WindowSet((Modality("table", 1, 3),), X, {"table": np.ones(n, dtype=bool)}, labels[trial], ("x", "y", "z"))


def test_directions_separate_trials() -> None:
    fitting, test = study(60, 0), study(30, 1)
    np.testing.assert_allclose(LDAKNN().fit(fitting).predict(test), test.D, atol=1e-12)


def test_the_neighbours_are_those_in_the_space_that_sklearn_gives() -> None:
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    rng = np.random.default_rng(3)
    fitting, test = study(60, 0), study(20, 1)
    for windows in (fitting, test):
        windows.X["table"] = rng.normal(size=(len(windows), 1, 3)).astype(np.float32)
    x, label = fitting.X["table"][:, 0].astype(float), np.arange(60) % 3
    order = np.lexsort(LABELS.T[::-1])
    analysis = LinearDiscriminantAnalysis(solver="eigen", shrinkage="auto").fit(x, np.argsort(order)[label])
    mapped, requested = analysis.transform(x), analysis.transform(test.X["table"][:, 0].astype(float))
    expected = []
    for row in requested:
        nearest = np.argsort(np.square(mapped - row).sum(1))[:4]
        expected.append(fitting.D[nearest].mean(0))
    np.testing.assert_allclose(LDAKNN(k=4).fit(fitting).predict(test), expected, atol=1e-12)


@pytest.mark.parametrize("labels", [LABELS[:1], np.random.default_rng(0).dirichlet(np.ones(3), 12)])
def test_without_classes_the_features_are_compared(labels: np.ndarray) -> None:
    fitting = study(12, 0, labels)
    np.testing.assert_allclose(LDAKNN(k=1).fit(fitting).predict(fitting), fitting.D, atol=1e-12)


def test_more_neighbours_than_windows() -> None:
    fitting = study(6, 0)
    np.testing.assert_allclose(LDAKNN(k=50).fit(fitting).predict(fitting), np.tile(fitting.D.mean(0), (6, 1)))


def test_bad_values() -> None:
    with pytest.raises(ValueError, match="k is 0"):
        LDAKNN(k=0)
    with pytest.raises(ValueError, match="modalities is empty"):
        LDAKNN(modalities=[])
    with pytest.raises(DataError, match=r"there is no modality face. There are: table"):
        LDAKNN(modalities=["face"]).fit(study(6, 0))


def test_a_real_subject(data_dir: Path) -> None:
    windows = DMER(path=data_dir / "dmer-emotiondict" / "data_feature_sample.mat").load()
    (fold,) = Predefined().split(windows)
    fitting, test = windows.take(np.union1d(fold.train, fold.validation)), windows.take(fold.test)
    transform = ZScore().fit(fitting)
    model = LDAKNN(k=5, modalities=["gsr", "ppg", "face"]).fit(transform.transform(fitting))
    scores = window_scores(test.D, model.predict(transform.transform(test)))
    assert 0.0070 < micro_mean(scores.by_metric, test.weight)["kl_divergence"] < 0.0080
