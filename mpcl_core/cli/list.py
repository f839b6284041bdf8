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
from mpcl_core.recipes import description, names
from mpcl_registry.discover import discover

RECIPES = "recipes"


def run(arguments: argparse.Namespace) -> int:
    """Print the components that are installed, or the recipes that are shipped.

    Args:
        arguments: what was parsed.

    Returns:
        The exit code.

    Raises:
        UsageError: there is no such slot.
    """
    if arguments.slot == RECIPES:
        return _recipes(arguments)
    if arguments.slot not in (None, *SLOTS):
        raise UsageError(f"no slot named '{arguments.slot}'. The slots: {', '.join(SLOTS)}; or {RECIPES}.")
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


def _recipes(arguments: argparse.Namespace) -> int:
    if arguments.markdown:
        raise UsageError("--markdown is for components; recipes are listed as a table or with --json")
    rows = [{"name": name, "what": description(name)} for name in names()]
    if arguments.json:
        sys.stdout.write(json.dumps({"recipes": rows}, indent=1, ensure_ascii=False) + "\n")
        return 0
    table = Table("name", "what", box=None)
    for row in rows:
        table.add_row(*row.values())
    Console(markup=False, highlight=False).print(table)
    return 0
