"""The record of processes that died while they ran a job."""

from pathlib import Path

from mpcl_core.runs.deaths import Deaths, forget_deaths, read_deaths, record_death


def test_deaths_at_the_same_place_are_counted(tmp_path: Path) -> None:
    assert read_deaths(tmp_path) is None
    assert not record_death(tmp_path, "a").is_final
    assert record_death(tmp_path, "b").is_final
    assert read_deaths(tmp_path) == Deaths(2, "start", "b")
    forget_deaths(tmp_path)
    assert read_deaths(tmp_path) is None


def test_progress_between_two_deaths_starts_the_count_anew(tmp_path: Path) -> None:
    state = tmp_path / "checkpoint" / "training.pt"
    state.parent.mkdir()
    record_death(tmp_path, "a")
    state.write_bytes(b"1" * 40)
    assert record_death(tmp_path, "a").count == 1
    state.write_bytes(b"2" * 40)
    assert record_death(tmp_path, "a").count == 1
    assert record_death(tmp_path, "a").count == 2


def test_damaged_record_is_none(tmp_path: Path) -> None:
    (tmp_path / "deaths.json").write_text('{"count": "many"}')
    assert read_deaths(tmp_path) is None
