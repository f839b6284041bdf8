"""Find prepared windows that depend on other windows or on their label, in any process."""

from functools import partial

import numpy as np
import pytest

from mpcl_core.app.inspection.checking import check
from mpcl_core.app.running.run_context import job_modules, run_context
from mpcl_core.data.plan import load_studies
from mpcl_core.data.prepare import prepare
from mpcl_core.leaks import preparation
from mpcl_core.leaks.finding import Finding, Observation
from mpcl_core.leaks.fingerprints import fingerprint
from mpcl_core.leaks.fresh_process import Call, call_in_fresh_processes
from mpcl_core.leaks.subset_source import name_windows
from mpcl_core.recipe.load import load
from mpcl_plugins.protocols.loso import LOSO
from mpcl_plugins.sources.simulated import Simulated
from mpcl_plugins.transforms.window import Window
from support.audit_study import codes, notices, with_folds
from support.paths import ROOT

RECIPE = ROOT / "tests" / "support" / "audit_rows.yaml"
SOURCE = Simulated(subjects=4, trials=12, seconds=12.0)
PREPARED = prepare(SOURCE, [Window(length=4.0)])


LEAKS: dict[str, set[str]] = {
    "honest": set(),
    "normalise_all": {"prepared-together (b)"},
    "running": {"prepared-together (b)"},
    "by_subject": set(),
}


@pytest.fixture(scope="module")
def observations() -> dict[str, list[Observation]]:
    """What is observed of each variant; one server forks the processes of all."""
    specs, opener = check(load(RECIPE)).specs, partial(run_context, RECIPE)
    studies = {variant: load_studies({variant: specs[variant]})[0] for variant in LEAKS}
    calls = {
        variant: {
            name: Call(preparation.prepare_subset, (opener, variant, subset))
            for name, subset in preparation.plan_preparations(specs[variant], study).items()
        }
        for variant, study in studies.items()
    }
    prepared = call_in_fresh_processes(calls, job_modules(), lambda name: None)
    return {
        variant: list(preparation.find_preparation_leaks(study, specs[variant], prepared[variant]))
        for variant, study in studies.items()
    }


@pytest.mark.slow
@pytest.mark.parametrize(("variant", "code"), LEAKS.items())
def test_each_leaky_prepare_list_is_found(
    observations: dict[str, list[Observation]], variant: str, code: set[str]
) -> None:
    found = observations[variant]
    assert codes(found) == code
    assert notices(found) == ({"transductive"} if variant == "by_subject" else set())
    for finding in found:
        if isinstance(finding, Finding):
            assert finding.n_windows == finding.n_checked or variant == "running"
            assert variant in finding.message
            assert finding.examples[0].startswith("subject s0")


def test_failed_preparation_is_a_notice() -> None:
    checked = check(load(RECIPE))
    study = with_folds(PREPARED, list(LOSO().split(PREPARED)))
    found = list(
        preparation.find_preparation_leaks(
            study, checked.specs["honest"], {preparation.ALL: {}, preparation.HALF_OF_TEST: "ValueError: too few"}
        )
    )
    assert notices(found) == {"not-tried"}
    assert "too few" in found[0].message


def test_prepare_list_that_is_not_repeatable_is_a_notice() -> None:
    checked = check(load(RECIPE))
    study = with_folds(PREPARED, list(LOSO().split(PREPARED)))
    row = name_windows(PREPARED)[0]
    one, other = ({row: fingerprint(PREPARED.take(np.array([place])))} for place in (0, 1))
    found = list(
        preparation.find_preparation_leaks(
            study,
            checked.specs["honest"],
            {preparation.ALL: one, preparation.REPEATED: other, preparation.WITHOUT_TEST: other},
        )
    )
    assert (codes(found), notices(found)) == (set(), {"not-repeatable"})
