"""A prepared row that depends on other rows, or on its label, is found, whatever process it is prepared in."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest

from mpcl_core import app
from mpcl_core.audit import preparation
from mpcl_core.audit.finding import Finding, Remark
from mpcl_core.audit.fingerprints import condensed
from mpcl_core.audit.fresh_process import Call, fresh
from mpcl_core.audit.subset_source import RECORDINGS, WINDOWS, row_names, some
from mpcl_core.data.plan import load_studies
from mpcl_core.data.prepare import prepare
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


def test_recordings_of_both_sides_stand_in_turn() -> None:
    given = some(SOURCE, with_folds(PREPARED, list(LOSO().split(PREPARED))))
    assert given.tested.tolist() == [False, True] * RECORDINGS
    assert {one.subject for one in given.take(given.tested).data} == {"s01"}
    labels = [one.D.tobytes() for one in given.data]
    moved = [one.D.tobytes() for one in given.relabelled().data]
    assert sorted(moved) == sorted(labels)
    assert np.mean([a != b for a, b in zip(labels, moved, strict=True)]) > 0.8


def test_where_every_recording_holds_test_rows_every_second_one_is_taken_out() -> None:
    only = PREPARED.take(np.flatnonzero(PREPARED.subject == "s01"))
    given = some(Simulated(subjects=1), with_folds(only, list(RandomWindows(test=0.5).split(only))))
    assert 0 < given.tested.sum() < len(given.tested)


def test_windows_without_names_are_told_apart(data_dir: Path) -> None:
    source = DMER(path=data_dir / "dmer-emotiondict" / "data_feature_sample.mat")
    windows = prepare(source, [])
    given = some(source, with_folds(windows, list(KFold().split(windows))))
    assert len(given.tested) == WINDOWS
    assert given.tested.sum() == WINDOWS // 2
    windows.trial[:], windows.window[:], windows.subject[:] = "", 0, ""

    class Nameless(DMER):
        def load(self):  # type: ignore[no-untyped-def]  # noqa: ANN202
            return windows

    given = some(Nameless(path=source.path), with_folds(windows, list(KFold().split(windows))))
    assert len(set(row_names(given.data))) == len(given.tested)  # type: ignore[arg-type]


def test_an_answer_is_alike_only_if_every_value_is() -> None:
    from mpcl_core.audit.fingerprints import alike

    rng = np.random.default_rng(0)
    one = rng.normal(size=(5, 3, 40)).astype(np.float32)
    assert alike(condensed(one), condensed(one * np.float32(1 + 1e-7)))
    for change in (one + 1e-3, one[::-1], one[:, ::-1], one[:4], np.where(one == one[2, 1, 7], 0.5, one)):
        assert not alike(condensed(one), condensed(change))
    flat = one * np.float32(1e-9)
    assert not alike(condensed(flat), condensed(-flat))
    beside = np.stack([one[0], flat[0]]), np.stack([one[0], -flat[0]])
    assert alike(*map(condensed, beside)), "what is all but 0 beside other rows is rounding"


def remarks(variant: str) -> list[Remark]:
    checked = app.check(load(RECIPE))
    spec = checked.specs[variant]
    (study,) = load_studies({variant: spec})
    opener = partial(app.open_run, RECIPE)
    ways = preparation.ways(spec, study)
    calls = {name: Call(preparation.prepared, (opener, variant, given)) for name, given in ways.items()}
    answers = fresh({"": calls}, [app.__name__], lambda name: None)[""]
    return list(preparation.judged(study, spec, answers))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("variant", "code"),
    [
        ("honest", set()),
        ("together", {"prepared-together (b)"}),
        ("running", {"prepared-together (b)"}),
        ("by_subject", set()),
        ("told", {"labels-in-signals (e)"}),
    ],
)
def test_what_prepare_does(variant: str, code: set[str]) -> None:
    found = remarks(variant)
    assert codes(found) == code
    assert notices(found) == ({"transductive"} if variant == "by_subject" else set())
    for finding in found:
        if isinstance(finding, Finding):
            assert finding.rows == finding.of or variant == "running"
            assert variant in finding.what
            assert finding.examples[0].startswith("subject s0")


def test_what_cannot_be_prepared_alone_is_said() -> None:
    checked = app.check(load(RECIPE))
    study = with_folds(PREPARED, list(LOSO().split(PREPARED)))
    found = list(preparation.judged(study, checked.specs["honest"], {"all": {}, "half": "ValueError: too few"}))
    assert notices(found) == {"not-tried"}
    assert "too few" in found[0].what


def test_a_prepare_list_that_never_repeats_itself_is_no_leak_but_is_said() -> None:
    checked = app.check(load(RECIPE))
    study = with_folds(PREPARED, list(LOSO().split(PREPARED)))
    row = row_names(PREPARED)[0]
    one, other = ({row: condensed(PREPARED.take(np.array([place])))} for place in (0, 1))
    found = list(preparation.judged(study, checked.specs["honest"], {"all": one, "again": other, "without": other}))
    assert (codes(found), notices(found)) == (set(), {"not-repeatable"})
