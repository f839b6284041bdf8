"""Find prepared windows that depend on other windows or on their label, in any process."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.app.checking import check
from mpcl_core.app.run_context import run_context
from mpcl_core.data.plan import load_studies
from mpcl_core.data.prepare import prepare
from mpcl_core.leaks import preparation
from mpcl_core.leaks.finding import Finding, Observation
from mpcl_core.leaks.fingerprints import fingerprint
from mpcl_core.leaks.fresh_process import Call, call_in_fresh_processes
from mpcl_core.leaks.subset_source import N_RECORDINGS, N_WINDOWS, name_windows, take_subset
from mpcl_core.recipe.load import load
from mpcl_plugins.protocols.kfold import KFold
from mpcl_plugins.protocols.loso import LOSO
from mpcl_plugins.protocols.random_windows import RandomWindows
from mpcl_plugins.sources.dmer import DMER
from mpcl_plugins.sources.simulated import Simulated
from mpcl_plugins.transforms.window import Window
from support.audit_study import codes, notices, with_folds
from support.paths import ROOT

RECIPE = ROOT / "tests" / "support" / "audit_rows.yaml"
SOURCE = Simulated(subjects=4, trials=12, seconds=12.0)
PREPARED = prepare(SOURCE, [Window(length=4.0)])


def test_recordings_of_both_sides_alternate() -> None:
    subset = take_subset(SOURCE, with_folds(PREPARED, list(LOSO().split(PREPARED))))
    assert subset.is_tested.tolist() == [False, True] * N_RECORDINGS
    assert {one.subject for one in subset.take(subset.is_tested).data} == {"s01"}
    labels = [one.D.tobytes() for one in subset.data]
    moved = [one.D.tobytes() for one in subset.exchange_labels().data]
    assert sorted(moved) == sorted(labels)
    assert np.mean([a != b for a, b in zip(labels, moved, strict=True)]) > 0.8


def test_every_second_recording_counts_as_tested_where_all_hold_test_windows() -> None:
    only = PREPARED.take(np.flatnonzero(PREPARED.subject == "s01"))
    subset = take_subset(Simulated(subjects=1), with_folds(only, list(RandomWindows(test=0.5).split(only))))
    assert 0 < subset.is_tested.sum() < len(subset.is_tested)


def test_windows_without_names_get_distinct_names(data_dir: Path) -> None:
    source = DMER(path=data_dir / "dmer-emotiondict" / "data_feature_sample.mat")
    windows = prepare(source, [])
    subset = take_subset(source, with_folds(windows, list(KFold().split(windows))))
    assert len(subset.is_tested) == N_WINDOWS
    assert subset.is_tested.sum() == N_WINDOWS // 2
    windows.trial[:], windows.window[:], windows.subject[:] = "", 0, ""

    class Nameless(DMER):
        def load(self):  # type: ignore[no-untyped-def]  # noqa: ANN202
            return windows

    subset = take_subset(Nameless(path=source.path), with_folds(windows, list(KFold().split(windows))))
    assert len(set(name_windows(subset.data))) == len(subset.is_tested)  # type: ignore[arg-type]


def test_fingerprints_are_equal_only_where_every_value_is() -> None:
    from mpcl_core.leaks.fingerprints import are_equal

    rng = np.random.default_rng(0)
    one = rng.normal(size=(5, 3, 40)).astype(np.float32)
    assert are_equal(fingerprint(one), fingerprint(one * np.float32(1 + 1e-7)))
    for change in (one + 1e-3, one[::-1], one[:, ::-1], one[:4], np.where(one == one[2, 1, 7], 0.5, one)):
        assert not are_equal(fingerprint(one), fingerprint(change))
    flat = one * np.float32(1e-9)
    assert not are_equal(fingerprint(flat), fingerprint(-flat))
    beside = np.stack([one[0], flat[0]]), np.stack([one[0], -flat[0]])
    assert are_equal(*map(fingerprint, beside)), "what is all but 0 beside other windows is rounding"


def observations(variant: str) -> list[Observation]:
    checked = check(load(RECIPE))
    spec = checked.specs[variant]
    (study,) = load_studies({variant: spec})
    opener = partial(run_context, RECIPE)
    subsets = preparation.plan_preparations(spec, study)
    calls = {name: Call(preparation.prepare_subset, (opener, variant, subset)) for name, subset in subsets.items()}
    prepared = call_in_fresh_processes({"": calls}, ["mpcl_core.app.run_context"], lambda name: None)[""]
    return list(preparation.find_preparation_leaks(study, spec, prepared))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("variant", "code"),
    [
        ("honest", set()),
        ("normalise_all", {"prepared-together (b)"}),
        ("running", {"prepared-together (b)"}),
        ("by_subject", set()),
        ("label_in_signals", {"labels-in-signals (e)"}),
    ],
)
def test_each_leaky_prepare_list_is_found(variant: str, code: set[str]) -> None:
    found = observations(variant)
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
