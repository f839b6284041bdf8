"""``mpcl check``."""

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from mpcl_core.recipe.load import load

if TYPE_CHECKING:
    from mpcl_core.app import CheckedRecipe


def run(arguments: argparse.Namespace) -> int:
    """Report what a recipe would do: its network's parameters, its rows, folds, grade and jobs."""
    recipe = load(arguments.recipe, arguments.sets)
    from rich.console import Console

    from mpcl_core import app

    checked = app.check(recipe, arguments.plugins)
    studies = app.survey(checked, Console(stderr=True))
    if arguments.json:
        answer = {
            "recipe": recipe.name,
            "networks": {name: size.parameters for name, size in checked.sizes.items()},
            "studies": studies,
            "jobs": sum(study["jobs"] for study in studies),
        }
        sys.stdout.write(json.dumps(answer, indent=1) + "\n")
        return 0
    _print(checked, studies)
    return 0


def _print(checked: "CheckedRecipe", studies: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    table = Table("variant", "part", "parameters", title=f"{checked.recipe.name}: no faults", title_justify="left")
    for name, size in checked.sizes.items():
        for part, count in {"in all": size.parameters, **size.parts}.items():
            table.add_row(name if part == "in all" else "", part, f"{count:,}")
    if checked.sizes:
        console.print(table)
    for study in studies:
        console.print(
            f"{study['rows']} rows of {study['subjects'] or 'unknown'} subjects, {study['folds']} folds "
            f"({study['grade']}): {study['jobs']} jobs of {', '.join(study['variants'])}",
            highlight=False,
        )
        for note in study["notes"]:
            console.print(f"  {note}", highlight=False, markup=False, soft_wrap=True)
