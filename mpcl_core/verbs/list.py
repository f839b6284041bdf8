"""``mpcl list``."""

import argparse
import inspect
import json
import re
import sys

from rich.console import Console
from rich.table import Table

from mpcl_core.interfaces.components import SLOTS
from mpcl_core.interfaces.errors import UsageError
from mpcl_registry.discover import discover


def run(arguments: argparse.Namespace) -> int:
    """Show the catalog."""
    if arguments.slot not in (None, *SLOTS):
        raise UsageError(f"no slot named '{arguments.slot}'. The slots: {', '.join(SLOTS)}.")
    catalog = discover(arguments.plugins).catalog
    rows = [
        {
            "slot": entry.cls.slot,
            "name": entry.cls.name,
            "what": _sentence(inspect.getdoc(entry.cls) or ""),
            "owner": entry.owner,
        }
        for entry in catalog.entries(arguments.slot)
    ]
    if arguments.json:
        sys.stdout.write(json.dumps({"components": rows, "not_loaded": catalog.not_loaded}, indent=1) + "\n")
        return 0
    console = Console()
    table = Table("slot", "name", "what", "owner", box=None)
    for row in rows:
        table.add_row(*row.values())
    console.print(table)
    for owner, reason in catalog.not_loaded.items():
        console.print(f"Not loaded: {owner} ({reason})", markup=False, highlight=False)
    return 0


def _sentence(text: str) -> str:
    """The first sentence of a docstring."""
    paragraph = " ".join(text.split("\n\n")[0].split())
    return re.split(r"(?<=\.)\s", paragraph)[0]
