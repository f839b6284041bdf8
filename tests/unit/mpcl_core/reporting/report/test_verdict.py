"""The answers at the top of the report."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mpcl_core.evaluation.run import Run
from mpcl_core.evaluation.statistics.pairs import PairedTest
from mpcl_core.reporting.report.verdict import NO, OPEN, YES, build_verdict
from support.drawn_runs import UNIFORM, D, finish, predict, study

TEST = PairedTest("near", "mean", "kl_divergence", 40, 31, 9, -0.01, -0.02, -0.001, 0.6, 0.001, 0.002, 3)


class RunWithTest(Run):
    """A run whose paired test is given."""

    test: PairedTest | None = TEST

    def paired_test(self, *names: Any, **more: Any) -> PairedTest | None:
        return self.test


def run_with(folder: Path, D_pred: np.ndarray, test: PairedTest | None = TEST) -> RunWithTest:
    predict(folder, "mean", 0.3 * D + 0.7 * UNIFORM)
    predict(folder, "near", D_pred)
    finish(folder, {"variants": {"near": {"estimator": {"use": "knn"}}}}, study("mean", "near", is_simulated=False))
    run = RunWithTest(folder)
    run.test = test
    return run


@pytest.mark.parametrize(
    ("share", "p", "tones"),
    [(0.6, 0.002, [YES, YES, OPEN]), (0.6, 0.2, [OPEN, YES, OPEN]), (0.0, 0.002, [NO, NO, OPEN])],
)
def test_answers_depend_on_difference_and_p(tmp_path: Path, share: float, p: float, tones: list[str]) -> None:
    run = run_with(tmp_path, share * D + (1 - share) * UNIFORM, replace(TEST, p_holm=p, difference=0.3 - share))
    answers = build_verdict(run, run.studies[0], "near", "mean", [])
    assert [answer.tone for answer in answers] == tones
    assert answers[1].answer == "31 of 40"


def test_leaky_and_simulated_numbers_are_not_to_be_believed(tmp_path: Path) -> None:
    run = run_with(tmp_path, 0.6 * D + 0.4 * UNIFORM)
    honest = run.studies[0]
    leaky = honest.model_copy(update={"grade": "leaky"})
    simulated = honest.model_copy(update={"is_simulated": True})
    last = [build_verdict(run, found, "near", "mean", [])[-1].answer for found in (honest, leaky, simulated)]
    assert last == ["With care", "No: labels leak into training", "Only about the simulation"]


def test_without_test_or_mean_nothing_is_shown(tmp_path: Path) -> None:
    run = run_with(tmp_path, 0.6 * D + 0.4 * UNIFORM, test=None)
    assert [a.tone for a in build_verdict(run, run.studies[0], "near", "mean", [])] == [OPEN, OPEN, OPEN]
    assert build_verdict(run, run.studies[0], "near", None, [])[0].answer == "No train mean to compare with"
    assert build_verdict(run, run.studies[0], "mean", "mean", [])[0].answer == "This is the train mean"
