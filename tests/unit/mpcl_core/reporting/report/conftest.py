"""Share a run folder between the tests of the sections of a report."""

import json
from pathlib import Path

import pytest

from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.report import write
from support.report_pages import EVIL, MEAN, UNIFORM, D, drop_modalities, finish, job, study, train


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a run of two grades with tests and an audit, without figures, and markup wherever text comes from outside."""
    run = tmp_path_factory.mktemp("run")
    for variant, D_pred in {"mean": MEAN, "near.mean": MEAN, "net": 0.8 * D + 0.2 * UNIFORM, "near": D}.items():
        job(run, variant, D_pred)
    job(run, "net", 0.5 * D + 0.5 * UNIFORM, seed=1)
    train(run, "net", 0, cost=4.0, n_weights=10)
    train(run, "net", 1, cost=6.0, n_weights=30)
    notes = {"notes": [f"11 of 12 rows {EVIL}"], "transductive": ["'zscore' looks on."], "is_simulated": True}
    clock = {"file": f"watch {EVIL}", "modality": "ppg", "offset": 12.0, "drift": 200.0, "is_resampled": True}
    notes["clocks"] = [clock | {"gaps": 1, "lost": 2.5}]
    near = study("near.mean", "near", grade="leaky", grade_meaning="a trial is on both sides")
    finish(run, study("mean", "net", **notes), near, variants={"net": {}, "near": {"estimator": {"use": "knn"}}})
    drop_modalities(run, "net")
    finding = {"code": "shared-row (a)", "variants": ["near"], "what": f"seen {EVIL}", "rows": 3, "of": 12}
    finding |= {"examples": [f"row 5 {EVIL}"], "inflates": "rows were learnt", "remedy": "mend it"}
    notice = {"code": "tried", "variants": [], "what": f"nothing {EVIL}"}
    (run / "audit.json").write_text(json.dumps({"leak": True, "findings": [finding], "notices": [notice]}))
    assert write(Run(run)) == run / "report.html"
    return run
