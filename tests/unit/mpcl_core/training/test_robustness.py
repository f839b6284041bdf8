"""Robustness: the conditions, and the scores of a trained network without some of its modalities."""

import json
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mpcl_core import testing
from mpcl_core.evaluation.metrics import METRICS, micro_mean, window_scores
from mpcl_core.interfaces.components import Source
from mpcl_core.interfaces.data import Fold, Job, WindowSet
from mpcl_core.interfaces.metric import Metric
from mpcl_core.jobs.execution import FoldJob
from mpcl_core.jobs.job import run_job
from mpcl_core.jobs.run_context import RunContext
from mpcl_core.spec.robustness import RobustnessSettings
from mpcl_core.training.robustness import conditions, subsets
from mpcl_plugins.protocols.loso import LOSO
from support.plugin_metrics import brier
from support.specs import block, network, variant_spec
from support.trainers import learnable, trainer

FOLD = Fold(np.arange(0, 140), np.arange(140, 190), np.arange(190, 240), "f")


class ThisStudy(Source):
    """Stand in for the source of the windows."""

    name = "this_study"


def test_all_subsets_of_few_modalities_and_the_extremes_of_many_are_tested() -> None:
    few = ("a", "b", "c", "d", "e")
    assert set(subsets(few)) == {part for size in range(1, 5) for part in combinations(few, size)}
    assert len(subsets(few)) == 30
    many = (*few, "f")
    assert subsets(many) == [*combinations(many, 5), *combinations(many, 1)]
    assert subsets(("a",)) == []
    assert subsets(("a", "b")) == [("a",), ("b",)]


def test_conditions_follow_the_settings() -> None:
    found = conditions(("a", "b"), RobustnessSettings(rates=(0.2, 0.5), repeats=2))
    assert [tuple(one) for one in found] == [
        ("all", ("a", "b"), 0.0, 0),
        ("subset", ("a",), 0.0, 0),
        ("subset", ("b",), 0.0, 0),
        *(("missing", ("a", "b"), rate, repeat) for rate in (0.2, 0.5) for repeat in (0, 1)),
    ]
    assert [one.kind for one in conditions(("a", "b"), RobustnessSettings(subsets=False, rates=(0.2,), repeats=1))] == [
        "all",
        "missing",
    ]


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"subsets": False}, "nothing to test"),
        ({"rates": (0.2, 0.2)}, "the rate 0.2 is given twice"),
        ({"rates": (1.0,)}, "less than 1"),
        ({"rates": (0.0,)}, "greater than 0"),
        ({"repeats": 0}, "greater than or equal to 1"),
    ],
)
def test_invalid_settings_are_rejected(bad: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        RobustnessSettings(**bad)  # type: ignore[arg-type]


def lines(folder: Path, windows: WindowSet, settings: RobustnessSettings | None) -> list[dict[str, Any]]:
    made = replace(variant_spec("v", network(epochs=3), block(ThisStudy), block(LOSO)), robustness=settings)
    context = RunContext({"v": made}, metrics=[Metric("brier", brier)])
    outcome = run_job(lambda: context, FoldJob(Job("v", 0, "f", folder), FOLD, 0), windows, "cpu")
    assert not outcome.error, outcome.error
    path = folder / "robustness.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_a_job_stores_the_scores_of_every_condition_and_subject(tmp_path: Path) -> None:
    windows = learnable()
    found = lines(tmp_path, windows, RobustnessSettings(rates=(0.4,), repeats=3))
    kinds = [line["kind"] for line in found if line["subject"] == found[0]["subject"]]
    assert kinds == ["train_mean", "all", *["subset"] * 6, *["missing"] * 3]
    with np.load(tmp_path / "predictions.npz") as stored:
        D, D_pred, weight, subject = (stored[name] for name in ("D", "D_pred", "weight", "subject"))
    fitting = windows.take(np.arange(190))
    mean = np.tile((fitting.D * fitting.weight[:, None]).sum(0) / fitting.weight.sum(), (len(D), 1))
    for kind, expected in (("all", D_pred), ("train_mean", mean)):
        for line in found:
            if line["kind"] == kind:
                mine = subject == line["subject"]
                scores = micro_mean(window_scores(D[mine], expected[mine]).by_metric, weight[mine])
                assert {metric: line[metric] for metric in METRICS} == pytest.approx(scores, abs=1e-12)
                assert line["brier"] == pytest.approx(np.average(brier(D, expected)[mine], weights=weight[mine]))
                assert line["weight"] == pytest.approx(weight[mine].sum())
    drawn = {line["kl_divergence"] for line in found if line["kind"] == "missing"}
    assert len(drawn) > 1


def test_masked_subset_equals_absent_modalities_in_the_data() -> None:
    """Without transforms, masking the network's input and removing modalities from the data are the same."""
    windows = learnable()
    made = trainer(epochs=3)
    made.transforms = []
    fitting = np.concatenate([FOLD.train, FOLD.validation])
    trained = made.fit(windows.take(fitting), *np.split(np.arange(len(fitting)), [len(FOLD.train)]))
    test = windows.take(FOLD.test)
    prepared = trained.prepare(test)
    only_gsr = {name: mask & (name == "gsr") for name, mask in prepared.present.items()}
    D_pred = trained.predict(prepared.masked(only_gsr))
    for name in ("eeg", "face"):
        test.present[name] = np.zeros(len(test), dtype=bool)
        test.X[name] = np.zeros_like(test.X[name])
    np.testing.assert_allclose(D_pred, trained.predict(trained.prepare(test)), atol=1e-6)


def test_robustness_is_off_by_default_and_does_not_change_predictions(tmp_path: Path) -> None:
    windows = testing.study()
    assert lines(tmp_path / "off", windows, None) == []
    assert lines(tmp_path / "on", windows, RobustnessSettings())
    with np.load(tmp_path / "off" / "predictions.npz") as off, np.load(tmp_path / "on" / "predictions.npz") as on:
        np.testing.assert_array_equal(off["D_pred"], on["D_pred"])


@pytest.mark.slow
def test_robustness_scores_are_reproducible(tmp_path: Path) -> None:
    windows, settings = learnable(), RobustnessSettings(subsets=False, rates=(0.5,), repeats=2)
    assert lines(tmp_path / "a", windows, settings) == lines(tmp_path / "b", windows, settings)
