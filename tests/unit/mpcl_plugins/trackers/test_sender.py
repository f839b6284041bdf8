"""Calls are made in order in a thread; an error or a hang ends them."""

import logging
import threading

import pytest

from mpcl_plugins.trackers._sender import Sender


def test_calls_are_made_in_order_and_waited_for() -> None:
    made: list[int] = []
    sender = Sender("a receiver")
    for number in range(20):
        sender.send(lambda number=number: made.append(number))
    sender.wait(10.0)
    assert made == list(range(20))


def test_after_an_error_nothing_more_is_called(caplog: pytest.LogCaptureFixture) -> None:
    made: list[int] = []
    sender = Sender("a receiver")
    sender.send(lambda: 1 / 0)
    with caplog.at_level(logging.WARNING, "mpcl.tracker"):
        sender.wait(10.0)
    sender.send(lambda: made.append(1))
    sender.wait(10.0)
    assert made == []
    (record,) = caplog.records
    assert record.getMessage() == (
        "a receiver: ZeroDivisionError: division by zero. Nothing more is sent to it from this process."
    )


def test_receiver_that_does_not_answer_is_given_up(caplog: pytest.LogCaptureFixture) -> None:
    blocked = threading.Event()
    sender = Sender("a receiver")
    sender.send(blocked.wait, patience=0.01)
    with caplog.at_level(logging.WARNING, "mpcl.tracker"):
        sender.wait(10.0)
    blocked.set()
    assert "did not answer for 0.01 s" in caplog.text


def test_wait_is_bounded_and_failure_reported_once() -> None:
    failures: list[int] = []
    sender, blocked = Sender("a receiver", lambda: failures.append(1)), threading.Event()
    sender.send(blocked.wait)
    sender.wait(0.01)
    blocked.set()
    sender.give_up("again")
    assert failures == [1]
