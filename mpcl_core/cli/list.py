"""Print the components that are installed, the recipes that are shipped, or the runs in a folder: ``mpcl list``."""

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from mpcl_core.cli.options import add_json, add_plugin, write_json

HELP = "print the installed components and the plugins that did not load, the shipped recipes, or the runs in a folder"
RECIPES, RUNS = "recipes", "runs"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    parser.add_argument("slot", nargs="?", metavar="SLOT|recipes|runs", help="encoder, source …, recipes, or runs")
    parser.add_argument("folder", nargs="?", type=Path, help="for runs: the folder that holds them (default: runs)")
    parser.add_argument(
        "--html", type=Path, metavar="FILE", help="for runs: also write a page with links to the reports"
    )
    add_plugin(parser)
    add_json(parser)
    parser.add_argument("--markdown", action="store_true", help="print the reference of all components as Markdown")


def run(arguments: argparse.Namespace) -> int:
    """Print the components of a slot, of all slots, the shipped recipes, or the runs in a folder.

    Returns:
        0.

    Raises:
        UsageError: there is no such slot or folder, or an option is for something else.
    """
    if arguments.slot == RUNS:
        return _print_runs(arguments)
    if arguments.folder or arguments.html:
        from mpcl_core.interfaces.errors import UsageError

        raise UsageError(f"a folder and --html are for runs: mpcl list {RUNS} DIR --html FILE")
    return _print_recipes(arguments) if arguments.slot == RECIPES else _print_components(arguments)


def _print_recipes(arguments: argparse.Namespace) -> int:
    from mpcl_core.interfaces.errors import UsageError
    from mpcl_core.recipes import description, names

    if arguments.markdown:
        raise UsageError("--markdown is for components; recipes are listed as a table or with --json")
    rows = [{"name": name, "what": description(name)} for name in names()]
    if arguments.json:
        write_json({"recipes": rows})
    else:
        _print_table(("name", "what"), [list(row.values()) for row in rows])
    return 0


def _print_runs(arguments: argparse.Namespace) -> int:
    from mpcl_core.app.running.run_list import list_runs
    from mpcl_core.reporting.run_list import HEADINGS, SHORT, describe_run, write_run_list

    folder = arguments.folder or Path(RUNS)
    runs = list_runs(folder)
    if arguments.html:
        write_run_list(runs, folder, arguments.html)
    if arguments.json:
        write_json({"runs": [found.as_json() for found in runs]})
    else:
        rows = [dict(zip(HEADINGS, describe_run(found, folder), strict=True)) for found in runs]
        faults = [found.fault for found in runs if found.fault]
        _print_table(SHORT, [[row[name] for name in SHORT] for row in rows], faults)
    return 0


def _print_components(arguments: argparse.Namespace) -> int:
    from mpcl_core.installed.component_reference import as_markdown
    from mpcl_core.installed.description import describe
    from mpcl_core.interfaces.components import SLOTS
    from mpcl_core.interfaces.errors import UsageError
    from mpcl_core.interfaces.suggestions import suggest_name
    from mpcl_registry.discover import discover

    if arguments.slot not in (None, *SLOTS):
        near = suggest_name(arguments.slot, (*SLOTS, RECIPES, RUNS))
        raise UsageError(f"no slot named '{arguments.slot}'.{near} Known: {', '.join(SLOTS)}, '{RECIPES}', '{RUNS}'.")
    catalog = discover(arguments.plugins).catalog
    if arguments.markdown:
        sys.stdout.write(as_markdown(catalog.entries(arguments.slot)))
        return 0
    found = [describe(entry) for entry in catalog.entries(arguments.slot)]
    rows = [{"slot": each.slot, "name": each.name, "what": each.summary, "owner": each.owner} for each in found]
    if arguments.json:
        write_json({"components": rows, "not_loaded": catalog.not_loaded})
        return 0
    not_loaded = [f"Not loaded: {owner} ({reason})" for owner, reason in catalog.not_loaded.items()]
    _print_table(("slot", "name", "what", "owner"), [list(row.values()) for row in rows], not_loaded)
    return 0


def _print_table(headings: Sequence[str], rows: Iterable[Sequence[str]], notes: Iterable[str] = ()) -> None:
    from rich.table import Table

    from mpcl_core.cli.messages import SafeConsole

    console = SafeConsole()
    table = Table(*headings, box=None)
    for row in rows:
        table.add_row(*row)
    console.print(table)
    for note in notes:
        console.print(note, soft_wrap=True)
