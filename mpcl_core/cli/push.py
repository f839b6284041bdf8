"""Push a stored model to a hub: ``mpcl push``."""

import argparse
from pathlib import Path

HELP = "push a stored model to a model hub"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    parser.add_argument("model", type=Path, metavar="MODEL", help="a model folder")
    parser.add_argument("name", metavar="OWNER/NAME", help="the repository; it is made where it is missing")
    parser.add_argument("--private", action="store_true", help="make a new repository private")


def run(arguments: argparse.Namespace) -> int:
    """Push the model, and print the address of its repository.

    Returns:
        0.

    Raises:
        UsageError: it is no model folder, or the hub refuses.
        DataError: a file is missing or changed.
    """
    from mpcl_core.app.model_folders.hub import HUB, push_model
    from mpcl_core.cli.messages import message_printer

    address = push_model(arguments.model, arguments.name, arguments.private)
    message_printer()(f"The model is at {address}. Use it: mpcl predict {HUB}{arguments.name} RECORDING")
    return 0
