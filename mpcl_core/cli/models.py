"""List the models in a folder: ``mpcl models``."""

import argparse
from pathlib import Path

from mpcl_core.cli.options import add_json, write_json

HELP = "list the models in a folder, and compare them"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="a folder that holds model folders, at any depth")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print a line for each model.

    Returns:
        0.

    Raises:
        UsageError: there is no such folder, or it holds no model.
    """
    from mpcl_core.app.model_folders.model_list import COLUMNS, list_models

    models = list_models(arguments.folder)
    if arguments.json:
        write_json({"models": [found.as_json() for found in models]})
        return 0
    from rich.table import Table

    from mpcl_core.cli.messages import SafeConsole

    console, table = SafeConsole(), Table(box=None)
    lines = [found.cells(arguments.folder) for found in models if not found.fault]
    filled = [number for number in range(len(COLUMNS)) if any(line[number] for line in lines)]
    for number in filled:
        table.add_column(COLUMNS[number])
    for line in lines:
        table.add_row(*(line[number] for number in filled))
    console.print(table)
    for found in models:
        if found.fault:
            console.print(f"Not readable: {found.fault}", soft_wrap=True)
    return 0
