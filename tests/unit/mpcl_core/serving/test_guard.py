"""Hosts, origins, tokens, and bodies that are too large or too slow."""

import asyncio
from typing import Any

import pytest

from mpcl_core.serving.guard import Guard
from mpcl_core.serving.settings import ServeSettings

TOKEN = "0123456789abcdef"


async def echo(scope: Any, receive: Any, send: Any) -> None:
    body = (await receive())["body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


def ask(
    settings: ServeSettings,
    headers: dict[str, str],
    chunks: tuple[bytes, ...] = (b"",),
    path: str = "/x",
    query: str = "",
) -> tuple[int, bytes]:
    answered: list[Any] = []
    waiting = list(chunks)

    async def receive() -> Any:
        if not waiting:
            await asyncio.sleep(60)
        body = waiting.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(waiting) or body == b"slow"}

    async def send(message: Any) -> None:
        answered.append(message)

    scope = {
        "type": "http",
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    asyncio.run(Guard(echo, settings)(scope, receive, send))
    return answered[0]["status"], answered[1]["body"]


LOCAL = ServeSettings(largest_body=10, seconds=0.05)
OPEN = ServeSettings("0.0.0.0", token=TOKEN)
HOST = {"host": "127.0.0.1:8000"}


@pytest.mark.parametrize(
    ("settings", "headers", "status"),
    [
        (LOCAL, HOST, 200),
        (LOCAL, {"host": "localhost"}, 200),
        (LOCAL, {"host": "[::1]:8000"}, 200),
        (LOCAL, {"host": "evil.example:8000"}, 421),
        (LOCAL, {}, 421),
        (LOCAL, {**HOST, "origin": "http://127.0.0.1:8000"}, 200),
        (LOCAL, {**HOST, "origin": "https://evil.example"}, 403),
        (LOCAL, {**HOST, "origin": "null"}, 403),
        (OPEN, {"host": "lab.example"}, 401),
        (OPEN, {"host": "lab.example", "authorization": "Bearer wrong"}, 401),
        (OPEN, {"host": "lab.example", "authorization": f"Bearer {TOKEN}"}, 200),
        (OPEN, {"host": "lab.example", "cookie": f"mpcl_token={TOKEN}"}, 200),
        (OPEN, {"host": "lab.example", "cookie": "=;=;{"}, 401),
    ],
)
def test_sender_is_checked(settings: ServeSettings, headers: dict[str, str], status: int) -> None:
    assert ask(settings, headers)[0] == status


def test_token_of_the_address_counts_for_the_page_only() -> None:
    host = {"host": "lab.example"}
    assert ask(OPEN, host, path="/", query=f"token={TOKEN}")[0] == 200
    assert ask(OPEN, host, path="/model", query=f"token={TOKEN}")[0] == 401
    assert ask(OPEN, host, path="/health")[0] == 200


def test_bodies_are_bounded_in_size_and_time() -> None:
    assert ask(LOCAL, HOST, (b"12345", b"67890")) == (200, b"1234567890")
    assert ask(LOCAL, HOST, (b"12345", b"678901"))[0] == 413
    assert ask(LOCAL, {**HOST, "content-length": "9" * 30}, (b"1",))[0] == 413
    assert ask(LOCAL, HOST, (b"slow",))[0] == 408
