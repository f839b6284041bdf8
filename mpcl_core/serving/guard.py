"""Admit requests: check the host, the origin and the token, and read the body within bounds of size and time."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any

from mpcl_core.serving.answers import answer_error
from mpcl_core.serving.settings import ServeSettings

COOKIE = "mpcl_token"
"""The cookie in which a page keeps the token."""

OPEN = ("/health",)
"""Paths that need no token."""

_NAMES = ("localhost", "127.0.0.1", "[::1]")
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class RefusedRequestError(Exception):
    """Report a request that is not admitted.

    Args:
        status: the status of the answer.
        message: what is wrong.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Guard:
    """Pass admitted requests to an application.

    A browser sends requests of any page that it shows to servers of its own machine. So a request must name this server
    as its host (a foreign name that was made to point here is refused), and its origin, where it states one, must be
    the server itself.

    Args:
        application: takes the admitted requests.
        settings: the bounds.
        close: ends connections that would stay open, before the server stops.
    """

    def __init__(
        self, application: Application, settings: ServeSettings, close: Callable[[], None] = lambda: None
    ) -> None:
        self.application, self.settings, self.close = application, settings, close
        self.n_waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that is not admitted, and pass any other on.

        Args:
            scope, receive, send: those of the standard ASGI.
        """
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        try:
            headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
            self._check_sender(headers)
            self._check_token(scope, headers)
            body = await self._body(headers, receive)
        except RefusedRequestError as error:
            await answer_error(error.status, str(error))(scope, receive, _with_headers(send))
            return
        self.n_waiting += 1
        try:
            await self.application(scope, _replayed(body, receive), _with_headers(send))
        finally:
            self.n_waiting -= 1

    def _check_sender(self, headers: dict[str, str]) -> None:
        host, origin = headers.get("host", ""), headers.get("origin")
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
        if self.settings.is_local and name.lower() not in _NAMES:
            raise RefusedRequestError(421, "the host of the request is not this server")
        if origin is not None and origin.partition("://")[2] != host:
            raise RefusedRequestError(403, "the request comes from a page of another server")

    def _check_token(self, scope: Scope, headers: dict[str, str]) -> None:
        if not self.settings.token or scope["path"] in OPEN:
            return
        wanted = self.settings.token.encode()
        if not any(hmac.compare_digest(token.encode(), wanted) for token in _request_tokens(scope, headers)):
            raise RefusedRequestError(401, "the token is missing or wrong: send 'Authorization: Bearer TOKEN'")

    async def _body(self, headers: dict[str, str], receive: Receive) -> bytes:
        """Read the body of a request.

        Returns:
            The bytes.

        Raises:
            RefusedRequestError: it is too large, too slow, or too many requests are waiting.
        """
        most, seconds = self.settings.largest_body, self.settings.seconds
        if self.n_waiting >= self.settings.most_waiting + self.settings.most_listeners:
            raise RefusedRequestError(429, "too many requests at a time; try again later")
        stated = headers.get("content-length", "0")
        if stated.isdigit() and int(stated[:20]) > most:
            raise RefusedRequestError(413, f"the request is larger than {most} bytes")
        body = bytearray()
        try:
            async with asyncio.timeout(seconds):
                while True:
                    message = await receive()
                    body += message.get("body", b"")
                    if len(body) > most:
                        raise RefusedRequestError(413, f"the request is larger than {most} bytes")
                    if message["type"] != "http.request" or not message.get("more_body"):
                        return bytes(body)
        except TimeoutError:
            raise RefusedRequestError(408, f"the request did not arrive within {seconds:g} s") from None


def _request_tokens(scope: Scope, headers: dict[str, str]) -> Iterator[str]:
    kind, _, token = headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        yield token.strip()
    try:
        cookie = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return
    if COOKIE in cookie:
        yield cookie[COOKIE].value
    if scope["path"] == "/":
        query = scope["query_string"].decode("latin-1")
        yield from (value for name, _, value in (part.partition("=") for part in query.split("&")) if name == "token")


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Return a function that hands out the body that was read, and afterwards what else comes.

    Returns:
        The function.
    """
    is_sent = False

    async def replay() -> MutableMapping[str, Any]:
        nonlocal is_sent
        if is_sent:
            return await receive()
        is_sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _with_headers(send: Send) -> Send:
    async def sent(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *_HEADERS]
        await send(message)

    return sent
