"""A thousand damaged inputs: a source refuses them with a DataError or gives the right data, and nothing else ever.

Truncated, with flipped bits, with a wrong header, stating another rate or number, empty, and with huge counts. Each is
read within its time and 2 GiB, with warnings as errors. Another reader is one line in `corrupted_readers.READERS`.
"""

import sys

import pytest

from support.corrupted_readers import CARELESS, FAULTS, READERS
from support.corruption import DAMAGES, Case, run

CASES, QUICK = 1000, len(READERS) * len(DAMAGES)
RIGHT = {"refused", "same", "other"}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="limits the memory of a process as Linux does"),
]


def wrong(found: list[Case]) -> list[Case]:
    return [case for case in found if case.outcome not in RIGHT]


@pytest.fixture(scope="module")
def quick() -> list[Case]:
    return run("READERS", 0, QUICK)


def test_damaged_files_are_refused_or_read_right(quick: list[Case]) -> None:
    assert wrong(quick) == []
    assert [case.number for case in quick] == list(range(QUICK))


def test_a_thousand_damaged_files_are_refused_or_read_right() -> None:
    found = run("READERS", QUICK, CASES)
    assert wrong(found) == []
    assert [case.number for case in found] == list(range(QUICK, CASES))


def test_quick_cases_cover_every_reader_and_every_damage(quick: list[Case]) -> None:
    damages = {damage.__name__ for damage in DAMAGES}
    assert {(case.reader, case.damage) for case in quick} == {(name, damage) for name in READERS for damage in damages}


def test_most_damaged_and_all_empty_files_are_refused(quick: list[Case]) -> None:
    refused = [case for case in quick if case.outcome == "refused"]
    assert len(quick) / 2 < len(refused) < len(quick)
    assert all(case in refused for case in quick if case.damage == "emptied")


def test_forbidden_behaviour_of_sources_is_detected() -> None:
    found = run("CARELESS", 0, len(CARELESS))
    for case, expected in zip(found, FAULTS.values(), strict=True):
        assert case.outcome.startswith(expected)
    assert [case.outcome in RIGHT for case in found] == [True] + [False] * (len(FAULTS) - 1)
