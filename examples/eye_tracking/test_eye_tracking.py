"""The contract of both slots, and what becomes of gaps."""

from pathlib import Path

import numpy as np
import pytest
from eye_tracking import Blinks, Gaze

from mpcl_core.cli.main import main
from mpcl_core.plugin import Recording, Signal
from mpcl_core.testing.contract import Check, checks


@pytest.mark.parametrize("check", [*checks(Blinks), *checks(Gaze)], ids=str)
def test_contract(check: Check) -> None:
    check()


def test_the_recipe_has_no_fault() -> None:
    small = ["--set", "source.source.subjects=3", "--set", "source.source.seconds=12"]
    assert main(["check", str(Path(__file__).with_name("eye_tracking.yaml")), *small]) == 0


def test_short_gaps_are_bridged_and_long_ones_are_not() -> None:
    values = np.tile(np.arange(100, dtype=np.float32), (2, 1))
    values[0, 10:14] = np.nan
    values[:, 40:60] = np.nan
    values[:, :2] = np.nan
    recording = Recording({"gaze": Signal(values.copy(), 10.0)}, np.array([1.0]), "s", "t")
    found = Blinks(longest=0.5).transform(recording).signals["gaze"].values
    lost = np.flatnonzero(np.isnan(found).any(0))
    assert lost.tolist() == [0, 1, *range(40, 60)], "a gap at an end has nothing to be bridged to"
    np.testing.assert_allclose(found[:, 2:40], np.tile(np.arange(2, 40), (2, 1)))
    assert np.isnan(recording.signals["gaze"].values[0, 10]), "the given recording is left as it is"
