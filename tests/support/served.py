"""Serve an application from a thread of this process."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any


@contextmanager
def served(application: Any) -> Iterator[str]:
    """Run a real server on a free port, and give its address."""
    import uvicorn

    config = uvicorn.Config(
        application, port=0, http="h11", ws="none", log_level="error", access_log=False, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
