"""A server stops although a page follows it."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

pytest.importorskip("fastapi")
httpx = pytest.importorskip("httpx")

from mpcl_core.model.stream.live_prediction import LivePrediction  # noqa: E402
from mpcl_core.serving.application import make_application  # noqa: E402
from mpcl_core.serving.settings import ServeSettings  # noqa: E402
from support.live_models import live_model  # noqa: E402
from support.served import served  # noqa: E402


def live() -> Iterator[LivePrediction]:
    yield LivePrediction({"window": 0, "calm": 1.0}, ("calm",), {})


def test_server_stops_while_a_page_listens() -> None:
    with httpx.Client(timeout=30) as client, ExitStack() as stack:
        address = stack.enter_context(served(make_application(live_model(), ServeSettings(port=0), live)))
        with client.stream("GET", f"{address}live") as answer:
            lines = answer.iter_lines()
            assert any('"window": 0' in line for line in (next(lines) for _ in range(4)))
            stack.close()
            assert '{"type": "end"}' in "".join(lines)
