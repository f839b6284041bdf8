"""Serve a stored model over HTTP: ``mpcl serve``."""

import argparse
import os
from pathlib import Path

from mpcl_core.cli.options import add_plugin, add_trust, limit, port, positive
from mpcl_core.cli.stream import add_live_input, live_predictions

HELP = "serve a stored model over HTTP, with a page that shows its predictions"

TOKEN = "MPCL_TOKEN"
"""The variable of the environment that may hold the token."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    parser.add_argument("model", type=Path, metavar="MODEL", help="a model folder, such as RUN/jobs/V/S/F/model")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: this machine only)")
    parser.add_argument(
        "--port", type=port, default=8000, metavar="N", help="the port (default 8000; 0 for a free one)"
    )
    parser.add_argument(
        "--token-file", type=Path, metavar="FILE", help=f"the token that requests must show (or ${TOKEN})"
    )
    parser.add_argument("--largest", type=positive, default=32, metavar="MIB", help="of a request (default 32 MiB)")
    parser.add_argument(
        "--most-windows", type=positive, default=4096, metavar="N", help="that a request may ask for (default 4096)"
    )
    parser.add_argument(
        "--timeout", type=limit, default=30.0, metavar="S", help="seconds that a request may take (default 30)"
    )
    add_live_input(parser, required=False)
    add_plugin(parser)
    add_trust(parser)


def run(arguments: argparse.Namespace) -> int:
    """Serve until the process is stopped.

    Returns:
        0.

    Raises:
        UsageError: the folder is no model, others can reach the host and there is no token, or the port is taken.
    """
    from mpcl_core.cli.messages import message_printer, open_model
    from mpcl_core.model.stream.live_plan import plan_live
    from mpcl_core.serving.server import serve
    from mpcl_core.serving.settings import ServeSettings

    settings = ServeSettings(
        arguments.host,
        arguments.port,
        _token(arguments.token_file),
        arguments.largest * 2**20,
        arguments.most_windows,
        arguments.timeout,
    )
    model = open_model(arguments)
    is_live = bool(arguments.lsl or arguments.replay)
    if is_live:
        plan_live(model)
    live = (lambda: live_predictions(model, arguments)) if is_live else None
    serve(model, settings, live, lambda address: message_printer()(f"Serving '{model.description.name}' at {address}"))
    return 0


def _token(file: Path | None) -> str:
    """Return the token of a file or of the environment.

    Returns:
        The token; empty where there is none.

    Raises:
        UsageError: the file cannot be read.
    """
    from mpcl_core.interfaces.errors import UsageError

    if file is None:
        return os.environ.get(TOKEN, "").strip()
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise UsageError(f"{file} cannot be read: {error}") from None
