"""Divide the jobs of a run into shards."""

import pytest

from mpcl_core.runs.shard import WHOLE, Shard


def test_shards_divide_the_jobs_without_rest() -> None:
    jobs = list(range(10))
    parts = [Shard(index, 4).part(jobs) for index in range(1, 5)]
    assert parts == [[0, 4, 8], [1, 5, 9], [2, 6], [3, 7]]
    assert WHOLE.part(jobs) == jobs
    assert Shard(7, 12).part(jobs[:3]) == []


def test_text_is_converted_and_wrong_ones_are_explained() -> None:
    shard = Shard.from_text("2/4")
    assert (shard.index, shard.count, str(shard), shard.has_all_jobs) == (2, 4, "2/4", False)
    assert Shard.from_text("1/1") == WHOLE
    for text in ("0/4", "5/4", "2", "2/", "a/b", "1/4/2", "-1/4", "\u0661/4", ""):
        with pytest.raises(ValueError, match=r"expected a shard I/N with I from 1 to N, such as 2/4"):
            Shard.from_text(text)
