"""Tables of events: names of columns, times, and what is refused."""

from pathlib import Path
from typing import NamedTuple

import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_core.scaffold.events import EventTable, read_events


class First(NamedTuple):
    seconds: float
    clock: str


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "events.csv"


def only(path: Path) -> EventTable:
    return read_events(path)


def seconds(table: EventTable, first: First | None = None, subject: str = "s1") -> list[tuple[float, float | None]]:
    return [table.seconds(event, first) for event in table.of(subject, "")]


def test_names_of_bids_and_own_names_are_read(table: Path) -> None:
    table.write_text("participant_id,onset,duration,trial_type,condition\ns1,2,3.5,film,fun\ns1,9,n/a,rest,n/a\n")
    events = only(table)
    assert [(event.name, event.condition) for event in events.of("s1", "")] == [("film", "fun"), ("rest", "")]
    assert seconds(events) == [(2.0, 5.5), (9.0, None)]


def test_sessions_are_compared_where_the_table_has_them(table: Path) -> None:
    table.write_text("subject,session,trial,start,stop\ns1,a,film,0,1\n")
    assert only(table).of("s1", "b") == ()
    assert len(only(table).of("s1", "a")) == 1


def test_absolute_times_count_from_the_start_of_the_recording(table: Path) -> None:
    table.write_text("subject,trial,start,stop\ns1,film,1622107800.5,2021-05-27T11:31:00+02:00\n")
    assert seconds(only(table), First(1622107800.0, "utc")) == [(0.5, 60.0)]
    table.write_text("subject,trial,start\ns1,film,2021-05-27 09:30:10\n")
    assert seconds(only(table), First(1622107800.0, "local")) == [(10.0, None)]


@pytest.mark.parametrize(
    ("times", "first", "message"),
    [
        ("soon,", None, "start, line 2: 'soon' is neither seconds nor a time"),
        (",3", None, "start, line 2: no time is stated"),
        ("1622107800,", None, "1622107800 is an absolute time, but the files do not agree on one"),
        ("2021-05-27T09:30,", First(1.6e9, "utc"), "is in local time without a time zone, but the files state UTC"),
        ("5,4", None, "line 2: lasts from 5 s to 4 s"),
        ("1622107800,", First(1622107801.0, "utc"), "line 2: lasts from -1 s to the end, counted from the start"),
    ],
)
def test_invalid_times_are_named(table: Path, times: str, first: First | None, message: str) -> None:
    table.write_text(f"subject,trial,start,stop\ns1,film,{times}\n")
    with pytest.raises(DataError, match=message):
        seconds(only(table), first)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("subject,start\ns1,1\n", r"trial: there is no such column \(or trial_type\)"),
        ("subject,trial,start\n,film,1\n", "subject, line 2: the cell is empty"),
        ("subject,trial,start\ns1,film,1\ns1,film,2\n", "trial, line 3: s1 has 'film' already"),
    ],
)
def test_invalid_tables_are_refused(table: Path, text: str, message: str) -> None:
    table.write_text(text)
    with pytest.raises(DataError, match=message):
        read_events(table)
