"""Configure uvicorn: where it listens, what it states of itself, and how it stops."""

from collections.abc import Callable
from socket import socket

import uvicorn

from mpcl_core.serving.guard import Guard
from mpcl_core.serving.settings import ServeSettings

_STOP = 2  # seconds that open requests have to end


class HttpServer(uvicorn.Server):
    """Run an application until the process is stopped.

    Args:
        application: the application.
        settings: where to listen.
        on_start: called with the address once the server listens.
    """

    def __init__(
        self, application: Guard, settings: ServeSettings, on_start: Callable[[str], None] = lambda _: None
    ) -> None:
        super().__init__(
            uvicorn.Config(
                application,
                host=settings.host,
                port=settings.port,
                http="h11",
                ws="none",
                access_log=False,
                log_level="error",
                server_header=False,
                timeout_graceful_shutdown=_STOP,
            )
        )
        self.application, self.host, self.on_start = application, settings.host, on_start

    @property
    def address(self) -> str:
        """Return the address of the page."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.servers[0].sockets[0].getsockname()[1]}/"

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Listen, and state the address.

        Args:
            sockets: those to listen on; None for a new one.
        """
        await super().startup(sockets)
        if self.started:
            self.on_start(self.address)

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """End open connections and stop.

        Args:
            sockets: those that the server listens on.
        """
        self.application.close()
        await super().shutdown(sockets)
