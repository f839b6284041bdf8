"""``mpcl list``."""

import argparse
import json
import sys

from rich.console import Console
from rich.table import Table

from mpcl_core.installed.component_reference import as_markdown
from mpcl_core.installed.description import described
from mpcl_core.interfaces.components import SLOTS
from mpcl_core.interfaces.errors import UsageError
from mpcl_registry.discover import discover


def run(arguments: argparse.Namespace) -> int:
    """Show the catalog."""
    if arguments.slot not in (None, *SLOTS):
        raise UsageError(f"no slot named '{arguments.slot}'. The slots: {', '.join(SLOTS)}.")
    catalog = discover(arguments.plugins).catalog
    if arguments.markdown:
        sys.stdout.write(as_markdown(catalog.entries(arguments.slot)))
        return 0
    found = [described(entry) for entry in catalog.entries(arguments.slot)]
    rows = [{"slot": about.slot, "name": about.name, "what": about.what, "owner": about.owner} for about in found]
    if arguments.json:
        sys.stdout.write(json.dumps({"components": rows, "not_loaded": catalog.not_loaded}, indent=1) + "\n")
        return 0
    console = Console(markup=False)
    table = Table("slot", "name", "what", "owner", box=None)
    for row in rows:
        table.add_row(*row.values())
    console.print(table)
    for owner, reason in catalog.not_loaded.items():
        console.print(f"Not loaded: {owner} ({reason})", highlight=False, soft_wrap=True)
    return 0
