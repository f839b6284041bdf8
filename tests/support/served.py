"""Serve an application from a thread of this process."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from mpcl_core.serving.guard import Guard


@contextmanager
def served(application: Guard) -> Iterator[str]:
    """Run a real server on a free port, and give its address."""
    from mpcl_core.serving.http_server import HttpServer

    server = HttpServer(application, application.settings)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    try:
        yield server.address
    finally:
        server.should_exit = True
        thread.join(10)
