"""Group variants that may share a table."""

from pathlib import Path

import numpy as np
import pytest

from mpcl_core.evaluation.groups import group_variants
from mpcl_core.evaluation.metrics import METRICS
from mpcl_core.runs.reader import RunReader
from support.hand_made_runs import finish, near, predict, study, truth

D = truth(8)
MEAN = np.tile(D.mean(0), (len(D), 1))


def run(path: Path, share: float, baseline: np.ndarray = MEAN) -> RunReader:
    predict(path, "mean", D, baseline)
    for seed in (0, 1):
        predict(path, "net", D, near(D, [share + 0.1 * seed] * 8), seed)
    return RunReader(finish(path, study("mean", "net"), name=path.name, variants={"net": {}}))


def test_variant_is_scored_once_for_every_seed(tmp_path: Path) -> None:
    (group,) = group_variants({"one": run(tmp_path / "one", 0.1)})
    mean, net = group.variants
    assert (mean.is_mean, mean.is_baseline, mean.is_network) == (True, True, False)
    assert (net.is_mean, net.is_baseline, net.is_network) == (False, False, True)
    assert [score.variant for score in net.scores[:: len(METRICS)]] == ["net", "net+seeds"]
    assert len(net.windows) == 2
    assert set(net.windows) == {group.windows}
    assert group.windows.count == 16
    assert group.subject_scores("clark")["net"].shape == (8,)


def test_labels_precede_variants_of_several_runs_and_equal_baselines_are_listed_once(tmp_path: Path) -> None:
    one, two = run(tmp_path / "one", 0.1), run(tmp_path / "two", 0.3)
    (group,) = group_variants({"one": one, "two": two})
    assert [found.name for found in group.variants] == ["mean", "one/net", "two/net"]
    assert [score.variant for score in group.variants[1].scores[:: len(METRICS)]] == ["one/net", "one/net+seeds"]
    three = run(tmp_path / "three", 0.3, near(D, [0.9] * 8))
    (group,) = group_variants({"one": one, "three": three})
    assert [found.name for found in group.variants] == ["mean", "one/net", "three/mean", "three/net"]


def test_incomplete_variants_are_noted_and_not_tested(tmp_path: Path) -> None:
    found = run(tmp_path / "one", 0.1)
    (found.finished_jobs("net")[0] / "predictions.npz").unlink()
    for job in found.finished_jobs("mean"):
        (job / "cost.json").unlink()
    (group,) = group_variants({"one": found})
    assert group.complete == []
    first, second = group.incomplete_notes()
    assert first.startswith("net: 1 of its jobs failed, so test windows are missing")
    assert second == "mean: no numbers; none of its jobs finished."


@pytest.mark.parametrize(
    ("about", "reason"),
    [
        ({"grade": "leaky"}, "numbers of grade leaky are not compared with those of grade subject-independent"),
        ({"labels": ["a", "b", "c"]}, "other emotions (a, b, c)"),
    ],
)
def test_groups_state_why_they_are_separate(about: dict[str, object], reason: str, tmp_path: Path) -> None:
    predict(tmp_path, "one", D, MEAN)
    predict(tmp_path, "two", D, MEAN)
    path = finish(tmp_path, study("one"), study("two", **about), variants={"one": {}, "two": {}})
    first, second = group_variants({"run": RunReader(path)})
    assert first.separation_note(first) == ""
    assert second.separation_note(first) == f"In a table of its own: {reason}."
