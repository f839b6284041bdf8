"""Explain below the tables what limits the evidence."""

import shutil
from pathlib import Path

from mpcl_core.evaluation.compare import Comparison, compare
from mpcl_core.evaluation.metrics import KL
from mpcl_core.evaluation.statistics.pairs import PairedTest
from mpcl_core.reporting.tables import as_markdown
from mpcl_core.reporting.tables.notes import ONE_SEED, explain_tests
from support.ablation_run import SHARE, ablation
from support.hand_made_runs import finish, study


def test_notes_state_what_few_subjects_cannot_show(run: Path) -> None:
    text = as_markdown("x", compare([run]))
    assert (
        "over 8 subjects is too narrow: for normally distributed scores it contains the true mean in about 88 % of"
        in text
    )
    assert "can be below" not in text, "4 × 2⁻⁷ is below .05"
    many = [PairedTest(f"v{i}", "full", KL, 8, 8, 0, 0.1, 0.1, 0.1, 1.0, 2**-7, 21 / 2**7, 21) for i in range(21)]
    assert "With 8 subjects, no p-value corrected for 21 tests can be below 0.164." in list(explain_tests(many))


def test_note_on_a_single_seed_is_for_networks_only(result: Comparison, tmp_path: Path) -> None:
    once = ablation(tmp_path / "once")
    for name in SHARE:
        shutil.rmtree(once / "jobs" / name / "1")
    assert ONE_SEED not in as_markdown("two", [result])
    assert ONE_SEED in as_markdown("one", compare([once]))
    finish(once, study("uniform", "mean", *SHARE), variants={name: {"estimator": {"use": "knn"}} for name in SHARE})
    assert ONE_SEED not in as_markdown("estimators", compare([once]))
