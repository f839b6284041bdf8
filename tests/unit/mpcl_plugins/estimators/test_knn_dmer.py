"""The reference rows on a real subject, split as its file says: computed independently, met to the digit.

The file's split is leaky: trials are on both sides, which is why the face alone does so well.
"""

from pathlib import Path

import numpy as np
import pytest
from scipy.io import loadmat

from mpcl_core.data.grade import grade_fold
from mpcl_core.evaluation.metrics import METRICS, micro_mean, window_scores
from mpcl_core.interfaces.components import Estimator
from mpcl_core.interfaces.data import Fold, Modality, WindowSet
from mpcl_plugins.estimators.knn import KNN
from mpcl_plugins.estimators.mean import Mean
from mpcl_plugins.protocols.predefined import Predefined
from mpcl_plugins.transforms.zscore import ZScore

SHAPES = {"eeg": (18, 4), "gsr": (1, 4), "ppg": (1, 4), "video": (1, 32)}


@pytest.fixture(scope="module")
def subject(data_dir: Path) -> WindowSet:
    arrays = loadmat(data_dir / "dmer-emotiondict" / "data_feature_sample.mat")
    D = np.concatenate([arrays["train_label"], arrays["test_label"]])
    n = len(D)
    X = {
        name: np.concatenate([arrays[f"{split}_{name}"] for split in ("train", "test")])
        .reshape(n, *shape)
        .astype(np.float32)
        for name, shape in SHAPES.items()
    }
    trial = np.unique(D.round(12), axis=0, return_inverse=True)[1]
    return WindowSet(
        tuple(Modality(name, *shape) for name, shape in SHAPES.items()),
        X,
        {name: np.ones(n, dtype=bool) for name in X},
        D,
        tuple(f"emotion-{i}" for i in range(10)),
        subject=np.full(n, "1"),
        trial=trial.reshape(-1).astype(str),
        split=np.array(["train"] * len(arrays["train_label"]) + ["test"] * len(arrays["test_label"])),
    ).validate()


@pytest.fixture(scope="module")
def fold(subject: WindowSet) -> Fold:
    (only,) = Predefined().split(subject)
    return only


def scored(subject: WindowSet, fold: Fold, model: Estimator, zscored: bool) -> dict[str, float]:
    fitting = subject.take(np.union1d(fold.train, fold.validation))
    test = subject.take(fold.test)
    if zscored:
        transform = ZScore().fit(fitting)
        fitting, test = transform.transform(fitting), transform.transform(test)
    scores = window_scores(test.D, model.fit(fitting).predict(test))
    assert scores.floored == 0
    return micro_mean(scores.by_metric, test.weight)


@pytest.mark.parametrize(
    ("model", "zscored", "expected"),
    [
        (Mean(), False, ".1003 .449 1.024 .0622 .9282 .8742"),
        (KNN(k=3), True, ".0857 .376 .778 .0513 .9390 .9004"),
        (KNN(k=3, modalities=["video"]), True, ".0212 .090 .185 .0113 .9863 .9761"),
    ],
    ids=["mean", "3-NN of all", "3-NN of the face"],
)
def test_baseline_scores_on_dmer(
    subject: WindowSet, fold: Fold, model: Estimator, zscored: bool, expected: str
) -> None:
    found = scored(subject, fold, model, zscored)
    for name, digits in zip(METRICS, expected.split(), strict=True):
        assert f"{found[name]:.{len(digits.split('.')[1])}f}".removeprefix("0") == digits, name


def test_baseline_scores_on_unscaled_faces(subject: WindowSet, fold: Fold) -> None:
    found = scored(subject, fold, KNN(k=3, modalities=["video"]), zscored=False)
    assert f"{found['kl_divergence']:.4f} {found['cosine']:.4f}" == "0.0083 0.9897"


def test_the_official_split_is_leaky(subject: WindowSet, fold: Fold) -> None:
    assert (len(subject), len(fold.test)) == (875, 179)
    assert len(set(subject.trial)) == 22
    assert len(fold.validation) == round(0.2 * 696)
    assert grade_fold(subject, fold) == "leaky"
