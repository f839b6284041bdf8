"""A taken port is one message; the address is stated once the server listens."""

import socket

import pytest

pytest.importorskip("uvicorn")

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.serving.server import serve
from mpcl_core.serving.settings import ServeSettings
from support.live_models import live_model


def test_taken_port_is_one_message() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"cannot listen on 127.0.0.1:{port}"):
            serve(live_model(), ServeSettings(port=port))
