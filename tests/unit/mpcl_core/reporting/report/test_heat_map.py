"""The coloured table of scores by subject."""

from pathlib import Path

import pytest

from mpcl_core.evaluation.metrics import METRICS
from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.report import heat_map
from mpcl_core.reporting.report.heat_map import build_heat_maps
from support.drawn_runs import UNIFORM, D, finish, predict, study


@pytest.fixture
def run(tmp_path: Path) -> Run:
    predict(tmp_path, "mean", 0.3 * D + 0.7 * UNIFORM)
    predict(tmp_path, "near", 0.6 * D + 0.4 * UNIFORM)
    predict(tmp_path, "far", UNIFORM)
    variants = {name: {"estimator": {"use": "knn"}} for name in ("near", "far")}
    finish(tmp_path, {"variants": variants}, study("mean", "near", "far"))
    return Run(tmp_path)


def test_better_and_worse_have_opposite_shades_by_every_metric(run: Run) -> None:
    ((*maps,),) = build_heat_maps(run)
    assert {found.metric for found in maps} == set(METRICS)
    assert [found.metric for found in maps if found.is_first] == ["kl_divergence"] == [maps[0].metric]
    for found in maps:
        rows = {name: [cell.shade for cell in cells] for name, cells in found.rows}
        assert set(rows["mean"]) == {0}
        assert min(rows["near"]) >= 0 < max(rows["near"]) <= 5, found.metric
        assert max(rows["far"]) <= 0 > min(rows["far"]) >= -5, found.metric


def test_cells_name_variant_subject_and_score(run: Run) -> None:
    first = build_heat_maps(run)[0][0]
    scores = run.subject_scores("near")
    assert scores is not None
    name, cells = first.rows[1]
    assert "strongest from a difference of" in first.note
    assert " nats on." in first.note
    texts = [f"near, {who}: {kl:.4f}" for who, kl in zip(scores.subjects, scores.scores["kl_divergence"], strict=True)]
    assert (name, [cell.text for cell in cells]) == ("near", texts)


def test_large_studies_show_the_kl_of_the_variants_that_fit(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heat_map, "MOST_CELLS", 8)
    ((found,),) = build_heat_maps(run)
    assert found.metric == "kl_divergence"
    assert [name for name, _ in found.rows] == ["mean", "near"]
    assert "1 more variant" in found.note
