"""Read the variant that figures draw."""

from pathlib import Path

import numpy as np
import pytest

from mpcl_core.runs.diagnostics import diagnostic_names
from mpcl_core.runs.reader import RunReader
from support.hand_made_runs import finish, study
from support.readable_run import D, readable_run


@pytest.fixture
def run(tmp_path: Path) -> RunReader:
    return readable_run(tmp_path)


def test_drawn_variant_is_the_first_with_diagnostics(run: RunReader) -> None:
    drawn = RunReader(run.path).drawn_variant
    assert drawn is not None
    assert (drawn.variant, drawn.seed, drawn.fold, len(drawn.D)) == ("net", 0, "", 0)
    job = run.finished_jobs("near")[1]
    np.savez(job / "diagnostics.npz", index=np.array([1, 0]), view=np.ones((2, 3)))
    drawn = RunReader(run.path).drawn_variant
    assert drawn is not None
    assert (drawn.title, drawn.job, drawn.labels) == ("hand, near", "near, seed 0, fold b", ["joy", "calm", "fear"])
    assert np.array_equal(drawn.D, D[6:][[1, 0]])
    assert set(drawn.diagnostics) == {"index", "view"}


def test_run_without_predictions_has_no_drawn_variant(tmp_path: Path) -> None:
    assert RunReader(finish(tmp_path, study("net"), variants={"net": {}})).drawn_variant is None


def test_variant_with_diagnostics_of_a_kind_is_found_by_their_names(run: RunReader) -> None:
    for variant, name in (("net", "streams.a.weights"), ("near", "streams.a.fusion.attention.ppg")):
        file = run.finished_jobs(variant)[0] / "diagnostics.npz"
        np.savez(file, index=np.array([0]), **{name: np.ones((1, 2))})
        assert diagnostic_names(file) == {"index", name}
    again = RunReader(run.path)
    drawn = again.drawn_variant_with(".fusion.attention.")
    assert drawn is not None
    assert drawn.variant == "near"
    assert again.drawn_variant_with(".weights") is again.drawn_variant
    assert again.drawn_variant_with(".fusion.moments") is None
