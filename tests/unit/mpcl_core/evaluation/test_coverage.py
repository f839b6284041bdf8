"""Reached coverage averages people, not windows, and states why there are no error bars."""

import json
from math import isnan
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.evaluation.coverage import CoverageScore, score_coverage
from mpcl_core.evaluation.error_bars import ErrorBars
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.runs.layout import ERROR_BARS, PREDICTIONS
from mpcl_core.runs.predictions import read_predictions
from mpcl_core.runs.reader import RunReader

BARS = ErrorBars(
    people=9,
    radius=0.2,
    half_widths=(0.2, 0.1),
    trial_radius=0.1,
    trial_half_widths=(0.1, 0.1),
    curve=((0.5, 0.05), (0.9, 0.2)),
    reason="",
)


def write_job(run: Path, fold: str, bars: ErrorBars, distances: list[float], subject: list[str]) -> Path:
    job = run / "jobs" / "main" / "0" / fold
    job.mkdir(parents=True)
    n = len(distances)
    D, shift = np.full((n, 2), 0.5), np.array(distances)
    np.savez(
        job / PREDICTIONS,
        D=D,
        D_pred=D + np.stack([shift, -shift], axis=1),
        weight=np.ones(n),
        row=np.arange(n),
        subject=np.array(subject),
        trial=np.array(["1"] * n),
        window=np.arange(n),
    )
    (job / "cost.json").write_text("{}")
    (job / ERROR_BARS).write_text(json.dumps(bars.as_json()))
    return job


def score_of(run: Path) -> CoverageScore | None:
    return score_coverage(RunReader(run), "main", "leaky", read_predictions(run, "main"))


def test_people_count_equally_whatever_their_number_of_windows(tmp_path: Path) -> None:
    write_job(tmp_path, "a", BARS, [0.3] * 8 + [0.0, 0.15], ["many"] * 8 + ["few"] * 2)
    score = score_of(tmp_path)
    assert score is not None
    assert (score.reached, score.emotions) == (0.5, 0.375)  # the second emotion of .15 lies outside its interval
    assert score.trial_reached == 0.5
    assert score.curve == ((0.5, 0.25), (0.9, 0.5))
    assert (score.n_subjects, score.n_jobs, score.people, score.reason) == (2, 1, 9, "")


def test_jobs_without_error_bars_state_the_reason(tmp_path: Path) -> None:
    assert score_of(tmp_path) is None
    job = write_job(tmp_path, "a", ErrorBars(people=3, reason="3 people were held out"), [0.1], ["a"])
    score = score_of(tmp_path)
    assert score is not None
    assert isnan(score.reached)
    assert score.reason == "3 people were held out"
    (job / ERROR_BARS).write_text('{"coverage": "x"}')
    with pytest.raises(UsageError, match="has damaged error bars"):
        score_of(tmp_path)
