"""Damaged files of runs, of the cache, of recipes and of checkpoints: a refusal or an answer, and nothing else ever.

``MPCL_FUZZ=5000`` runs more cases than the quick ones. Damaged files of sources are in
``unit/mpcl_plugins/sources/test_corrupted.py``.
"""

import os
import sys

import pytest

from support.fuzzing.cases import QUICK, RIGHT, SUBJECTS, Case
from support.fuzzing.damage import DAMAGES
from support.fuzzing.process import MEMORY, run

N_CASES = int(os.environ.get("MPCL_FUZZ", QUICK))
CHUNK = 500

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits the memory of a process as Linux does")


@pytest.fixture(scope="module")
def quick() -> tuple[list[Case], float]:
    return run(0, QUICK)


@pytest.mark.slow
def test_damaged_files_are_refused_or_answered(quick: tuple[list[Case], float]) -> None:
    found, peak = quick
    assert [case for case in found if case.outcome not in RIGHT] == []
    assert [case.number for case in found] == list(range(QUICK))
    assert 0 < peak < MEMORY / 2**20


@pytest.mark.slow
def test_cases_cover_every_damage_and_are_often_refused(quick: tuple[list[Case], float]) -> None:
    found, _ = quick
    assert {case.damage for case in found} >= {damage.__name__ for damage in DAMAGES}
    assert len({case.number % len(SUBJECTS) for case in found}) == len(SUBJECTS)
    assert len(found) / 4 < sum(case.outcome == "refused" for case in found) < len(found)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(QUICK, N_CASES, CHUNK))
def test_more_damaged_files_are_refused_or_answered(first: int) -> None:
    found, peak = run(first, min(first + CHUNK, N_CASES), seconds=1800.0)
    assert [case for case in found if case.outcome not in RIGHT] == []
    assert 0 < peak < MEMORY / 2**20
