"""Check a recipe without training: ``mpcl check``."""

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mpcl_core.cli.options import add_consent, add_json, add_recipe, write_json
from mpcl_core.interfaces.suggestions import list_names

if TYPE_CHECKING:
    from mpcl_core.app.inspection.checking import CheckedRecipe, StudyOutline
    from mpcl_core.cli.messages import SafeConsole
    from mpcl_core.interfaces.data import SignalClock

_MOST_CLOCKS = 30
HELP = "find the faults of a recipe, the size of its network and its jobs, and train nothing"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    add_recipe(parser)
    add_consent(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the parameters of each network, and the windows, folds, grade and jobs of each study.

    Returns:
        0.
    """
    from mpcl_core.recipe.load import load

    recipe = load(arguments.recipe, arguments.sets)
    from mpcl_core.app.inspection.checking import check, outline_studies
    from mpcl_core.cli.messages import message_printer, plugin_consent

    checked = check(recipe, arguments.plugins, plugin_consent(arguments))
    studies = outline_studies(checked, message_printer())
    if arguments.json:
        write_json(
            {
                "recipe": recipe.name,
                "networks": {name: size.parameters for name, size in checked.sizes.items()},
                "studies": [study.as_json() for study in studies],
                "notes": checked.notes,
                "jobs": sum(study.jobs for study in studies),
            }
        )
    else:
        _print(checked, studies)
    return 0


def _print(checked: "CheckedRecipe", studies: "Sequence[StudyOutline]") -> None:
    from rich.table import Table

    from mpcl_core.cli.messages import SafeConsole

    console = SafeConsole(soft_wrap=True)
    table = Table("variant", "part", "parameters", title=f"{checked.recipe.name}: no faults", title_justify="left")
    for name, size in checked.sizes.items():
        for part, count in {"in all": size.parameters, **size.parts}.items():
            table.add_row(name if part == "in all" else "", part, f"{count:,}")
    if checked.sizes:
        console.print(table)
    for note in checked.notes:
        console.print(note)
    for study in studies:
        console.print(
            f"{study.windows} windows of {study.subjects or 'unknown'} subjects, {study.folds} folds ({study.grade}): "
            f"{study.jobs} jobs of {list_names(study.variants, 12)}"
        )
        for note in study.notes:
            console.print(f"  {note}")
        _print_clocks(study.clocks, console)


def _print_clocks(clocks: "Sequence[SignalClock]", console: "SafeConsole") -> None:
    from rich.table import Table

    from mpcl_core.toolkit.clock_cells import CLOCK_COLUMNS, format_clock

    if not clocks:
        return
    more = f" (the first {_MOST_CLOCKS} of {len(clocks)}; --json lists all)" if len(clocks) > _MOST_CLOCKS else ""
    table = Table(title=f"Clocks{more}", title_justify="left")
    for heading in CLOCK_COLUMNS:
        table.add_column(heading, overflow="fold", no_wrap=heading != "file")
    for clock in clocks[:_MOST_CLOCKS]:
        table.add_row(*format_clock(clock))
    console.print(table)
