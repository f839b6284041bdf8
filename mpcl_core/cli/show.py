"""Print a component, a resolved recipe, how two recipes differ, or a model card: ``mpcl show``."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mpcl_core.cli.options import add_json, add_plugin, add_set, write_json
from mpcl_core.toolkit.printable import printable

if TYPE_CHECKING:
    from mpcl_core.installed.description import Description

HELP = "print a component, a resolved recipe, how two recipes differ, or a model card"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    parser.add_argument(
        "what", nargs="+", metavar="NAME|RECIPE|MODEL", help="a component's name, one or two recipes, or a model folder"
    )
    add_plugin(parser)
    add_set(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print a component, a recipe, the difference of two recipes, or the card of a model.

    Returns:
        0.

    Raises:
        UsageError: more than two things are named, or something of no such name.
        RecipeError: a recipe has faults.
    """
    from mpcl_core.app.inspection.showing import recipe_difference, recipe_values
    from mpcl_core.interfaces.errors import UsageError
    from mpcl_core.recipes import is_recipe

    what: Sequence[str] = arguments.what
    if len(what) > 2:
        raise UsageError("show takes a component's name, a recipe, two recipes, or a model folder")
    if len(what) == 1 and (Path(what[0]).is_dir() or what[0].startswith("hub:")):
        return _show_model(what[0], arguments)
    if len(what) == 1 and not is_recipe(what[0]):
        return _show_component(what[0], arguments)
    sets = arguments.sets
    rows = recipe_values(what[0], sets) if len(what) == 1 else recipe_difference(what[0], what[1], sets)
    if arguments.json:
        write_json(rows)
    else:
        _print_values(rows)
    return 0


def _show_component(name: str, arguments: argparse.Namespace) -> int:
    from mpcl_core.app.inspection.showing import describe_components

    found = describe_components(name, arguments.plugins)
    if arguments.json:
        write_json([each.as_json() for each in found])
    else:
        _print_components(found)
    return 0


def _show_model(folder: str, arguments: argparse.Namespace) -> int:
    from mpcl_core.app.model_folders.describing import card_text, model_of

    model = model_of(folder)
    if arguments.json:
        write_json(model.as_json())
    else:
        sys.stdout.write(printable(card_text(model)))
    return 0


def _print_values(rows: Sequence[Mapping[str, Any]]) -> None:
    from rich.table import Table

    from mpcl_core.cli.messages import SafeConsole

    console = SafeConsole()
    if not rows:
        console.print("They do not differ.")
        return
    table = Table(box=None)
    for heading in rows[0]:
        longest = max(len(str(row[heading])) for row in rows)
        table.add_column(heading, overflow="fold", min_width=min(longest, console.width // (len(rows[0]) + 1)))
    for row in rows:
        table.add_row(*(text if isinstance(text, str) else json.dumps(text) for text in row.values()))
    console.print(table)


def _print_components(found: "Sequence[Description]") -> None:
    from rich.table import Table

    from mpcl_core.cli.messages import SafeConsole

    console = SafeConsole()
    for each in found:
        console.print(f"{each.name} ({each.slot}) from {each.owner}\n{each.file}\n", soft_wrap=True)
        console.print(f"{each.equation}\n\n{each.details}\n", soft_wrap=True)
        table = Table("parameter", "type", "default", box=None)
        for parameter in each.parameters:
            table.add_row(parameter.name, parameter.type, parameter.default)
        console.print(table if each.parameters else "It takes no parameters.")
