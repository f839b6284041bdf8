"""All checks of a study are run: those of its windows here, and experiments in fresh processes."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import pytest

from mpcl_core import testing
from mpcl_core.interfaces.data import Fold
from mpcl_core.leaks import checks
from mpcl_core.leaks.checks import check_study
from mpcl_core.leaks.finding import AuditNote
from mpcl_core.leaks.job_experiments import plan_job_experiments
from mpcl_plugins.estimators.knn import KNN
from mpcl_plugins.protocols.kfold import KFold
from mpcl_plugins.sources.simulated import Simulated
from support.audit_study import with_folds
from support.specs import block, variant_spec

FOLDS = [Fold(np.arange(0, 140), np.arange(140, 190), np.arange(190, 240), "one")]


def test_experiments_without_preparation_are_called_and_their_traces_compared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    called: dict[str, list[str]] = {}

    def call(calls: Mapping[str, Mapping[str, Any]], *_: object) -> dict[str, dict[str, str]]:
        called.update({name: list(each) for name, each in calls.items()})
        return {name: {key: f"trace of {key}" for key in each} for name, each in calls.items()}

    monkeypatch.setattr(checks, "call_in_fresh_processes", call)
    for module, function in ((checks.shared_windows, "find_shared_windows"), (checks.neighbours, "find_near_trials")):
        monkeypatch.setattr(module, function, lambda study, name=function: [AuditNote(name, (), "")])
    monkeypatch.setattr(checks.coded_channels, "find_coded_channels", lambda study: [])
    monkeypatch.setattr(
        checks.shuffled_labels, "find_label_knowledge", lambda plans, traces: [AuditNote(traces[0], (), "")]
    )
    monkeypatch.setattr(
        checks.job_findings, "find_job_leaks", lambda plan, specs, traces: [AuditNote(traces["alone"], (), "")]
    )
    specs = {"main": variant_spec("main", block(KNN), block(Simulated), block(KFold))}
    study = with_folds(testing.study(), FOLDS)
    messages: list[str] = []
    found = check_study(study, plan_job_experiments(study, specs, 0), specs, partial(print), (), messages.append)
    assert [each.code for each in found] == [
        "find_shared_windows", "find_near_trials", "trace of 1", "trace of alone",
    ]  # fmt: skip
    assert called["(b, e) prepare"] == []
    assert "alone" in called["(b, c, d) jobs"]
    assert [message[:3] for message in messages] == ["(a,", "(f)", "(g)"]
