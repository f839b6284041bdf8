"""What the traces of a study's jobs differ in becomes findings with the windows concerned, or a note."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mpcl_core import testing
from mpcl_core.interfaces.data import Fold
from mpcl_core.leaks.finding import AuditNote, Finding, Observation
from mpcl_core.leaks.fingerprints import fingerprint
from mpcl_core.leaks.job_experiments import (
    AFTER_ANOTHER_JOB,
    ALONE,
    HALF_OF_TEST,
    LABEL_EXPERIMENTS,
    REPEATED,
    JobExperiments,
    plan_job_experiments,
)
from mpcl_core.leaks.job_findings import find_job_leaks
from mpcl_core.leaks.recorded_components import Event
from mpcl_core.leaks.traced_job import JobTrace
from mpcl_core.spec.variant import VariantSpec
from mpcl_plugins.estimators.knn import KNN
from mpcl_plugins.protocols.kfold import KFold
from mpcl_plugins.sources.simulated import Simulated
from support.audit_study import with_folds
from support.specs import block, variant_spec

FOLDS = [
    Fold(np.arange(0, 140), np.arange(140, 190), np.arange(190, 240), "one"),
    Fold(np.arange(100, 240), np.arange(50, 100), np.arange(0, 50), "two"),
]
SPEC: VariantSpec = variant_spec("main", block(KNN), block(Simulated), block(KFold))
PLAN: JobExperiments = plan_job_experiments(with_folds(testing.study(), FOLDS), {"main": SPEC}, seed=3)
VALUES = np.random.default_rng(0).normal(size=(6, 3))
FITTING = np.flatnonzero(np.isin(PLAN.windows.indices, np.arange(190)))
TESTED = np.flatnonzero(np.isin(PLAN.windows.indices, FOLDS[0].test))


def event(
    method: str, slot: str = "transform", values: np.ndarray = VALUES, marks: Sequence[int] = FITTING[:6]
) -> Event:  # type: ignore[assignment]
    return Event(f"{slot}s.0", slot, "scale", method, np.array(marks, dtype=np.int64), fingerprint(values))


def trace(*events: Event, D_pred: np.ndarray = VALUES, error: str = "") -> JobTrace:
    return JobTrace(events, TESTED[:6], D_pred, error)


SOUND = trace(event("built"), event("fit"))
HALF = replace(SOUND, D_pred=VALUES[::2])


def find(
    after: JobTrace = SOUND, half: JobTrace = HALF, labels: JobTrace = SOUND, repeated: JobTrace = SOUND
) -> list[Observation]:
    traces = {
        ALONE: [SOUND],
        REPEATED: [repeated],
        AFTER_ANOTHER_JOB: [SOUND, after],
        HALF_OF_TEST: [half, SOUND, half],
        **{name: [labels] for name in LABEL_EXPERIMENTS},
    }
    return list(find_job_leaks(PLAN, {"main": SPEC}, traces))


def codes(found: list[Observation]) -> list[str]:
    return [each.code for each in found]


def test_job_whose_traces_do_not_differ_has_no_finding() -> None:
    assert find() == []


def test_failed_and_unrepeatable_jobs_are_noted_and_not_judged() -> None:
    (failed,) = find(after=trace(error="MemoryError"))
    assert isinstance(failed, AuditNote)
    assert failed.code == "not-tried"
    assert "a job failed, so (b), (c) and (d) could not be checked: MemoryError" in str(failed)
    assert codes(find(repeated=trace(event("built", values=-VALUES)), after=trace())) == ["not-repeatable"]


def test_component_that_is_fitted_on_test_windows_is_found_with_their_number() -> None:
    outside = trace(event("built"), event("fit", marks=[*FITTING[:4], *TESTED[:2]]))
    found = [each for each in find(after=outside) if isinstance(each, Finding)]
    assert found[0].code == "fitted-outside (b)"
    assert "of the 6 windows that it was fitted on, 2 are no fitting windows of fold 'one', and 2 are its test" in str(
        found[0]
    )


def test_what_an_earlier_job_leaves_is_found_by_the_slot_that_holds_it() -> None:
    def after(slot: str, method: str) -> list[str]:
        first, changed = event(method, slot), event(method, slot, -VALUES)
        traces = {
            ALONE: [trace(first)], REPEATED: [trace(first)], AFTER_ANOTHER_JOB: [trace(first), trace(changed)],
            HALF_OF_TEST: [HALF, SOUND, HALF], **{name: [trace(first)] for name in LABEL_EXPERIMENTS},
        }  # fmt: skip
        return codes(list(find_job_leaks(PLAN, {"main": SPEC}, traces)))

    assert after("head", "forward") == ["carried-state (c)"]
    assert after("transform", "forward") == ["fitted-outside (b)"]
    assert after("memory", "forward") == ["fitted-outside (b)"]
    assert after("memory", "built") == ["fitted-outside (b)", "carried-state (c)"]


def test_component_that_changes_with_the_labels_of_test_windows_is_found_once() -> None:
    (found,) = find(labels=trace(event("built"), event("fit", values=-VALUES)))
    assert found.code == "test-labels-used (d)"
    assert "the transform 'scale' (transforms.0) changes when the labels of the test windows are changed" in str(found)


def test_prediction_alone_may_change_with_the_labels() -> None:
    (found,) = find(labels=replace(SOUND, D_pred=-VALUES))
    assert "the prediction changes" in str(found)


def test_model_that_mixes_test_windows_is_found() -> None:
    (found,) = find(half=replace(SOUND, D_pred=-VALUES[::2]))
    assert found.code == "mixed-test-rows (b)"
    assert "the model changes for a test window when other test windows are removed" in str(found)


def test_windows_that_cannot_be_identified_are_noted() -> None:
    unknown = trace(event("built"), event("fit", marks=[0, -1]))
    traces = {
        ALONE: [unknown], REPEATED: [unknown], AFTER_ANOTHER_JOB: [unknown, unknown],
        HALF_OF_TEST: [HALF, SOUND, HALF], **{name: [unknown] for name in LABEL_EXPERIMENTS},
    }  # fmt: skip
    (note,) = find_job_leaks(PLAN, {"main": SPEC}, traces)
    assert "is fitted on windows whose weights were changed, so that they cannot be identified" in str(note)
