"""An audit records the components of a search's candidates, so that one of them that sees test windows is found."""

from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("optuna")

import mpcl_core
from mpcl_core.leaks import traced_job
from mpcl_core.leaks.traced_job import ExperimentJob, _recorded
from mpcl_core.spec.search import SearchSettings
from mpcl_core.spec.variant import SearchSpec
from mpcl_plugins.estimators.mean import Mean
from support.specs import block
from support.trainers import opened


def test_components_of_candidates_are_recorded_and_few_are_tried() -> None:
    plain = opened(block(Mean)).specs["net"]
    settings = SearchSettings.model_validate({"space": {"estimator.k": [1, 2]}, "trials": 50})
    spec = replace(plain, search=SearchSpec(settings, lambda values: plain))
    job = ExperimentJob.__new__(ExperimentJob)
    object.__setattr__(job, "epochs", 1)
    object.__setattr__(job, "transform_first", False)
    found = _recorded(spec, job, traced_job.EventLog())
    assert found.search is not None
    assert found.search.settings.trials == traced_job.SEARCH_TRIALS
    assert type(found.search.candidate({}).model) is type(found.model) is not type(plain.model)


PEEKING = """
import gc
from mpcl_core.plugin import Fraction, WindowSet, hookimpl
from mpcl_plugins.estimators.mean import Mean

class Peek(Mean):
    "Predict the mean; with a share, mixed with the mean of the largest window set in memory."
    name = "peek"
    def __init__(self, *, share: Fraction = 0.0) -> None:
        super().__init__()
        self.share = share
    def fit(self, windows):
        super().fit(windows)
        if self.share:
            largest = max((each for each in gc.get_objects() if isinstance(each, WindowSet)), key=len)
            self.seen = largest.D.mean(0)
        return self
    def predict(self, windows):
        D_pred = super().predict(windows)
        return (1 - self.share) * D_pred + self.share * self.seen if self.share else D_pred

@hookimpl
def mpcl_components():
    return [Peek]
"""


@pytest.mark.slow
def test_search_whose_candidates_see_test_windows_is_flagged(tmp_path: Path) -> None:
    (tmp_path / "peek.py").write_text(PEEKING)
    recipe = {
        "name": "peek",
        "plugins": [str(tmp_path / "peek.py")],
        "source": {"use": "simulated", "subjects": 3, "trials": 3, "seconds": 8},
        "prepare": [{"use": "window", "length": 4.0, "hop": 4.0}],
        "protocol": {"use": "loso"},
        "references": {"uniform": None, "knn": None, "mean": None},
        "estimator": {"use": "peek"},
        "search": {"space": {"estimator.share": [0.5, 0.9]}, "trials": 2},
    }
    report = mpcl_core.audit(recipe, on_message=lambda _: None)
    assert any("peek" in each.message for each in report.observations if each.code.startswith("test-labels-used"))
