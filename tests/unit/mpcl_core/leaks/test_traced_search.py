"""An audit records the components of a search's candidates, so that one of them that sees test windows is found."""

from dataclasses import replace

import pytest

pytest.importorskip("optuna")

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
