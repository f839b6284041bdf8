"""``mpcl schema``."""

import argparse
import json
import sys

from mpcl_core.interfaces.errors import UsageError


def run(arguments: argparse.Namespace) -> int:
    """Write the JSON Schema of recipes with the installed components."""
    from mpcl_core.recipe.json_schema import recipe_schema
    from mpcl_registry.discover import discover

    entries = discover(arguments.plugins).catalog.entries()
    text = json.dumps(recipe_schema([entry.cls for entry in entries]), indent=1, ensure_ascii=False) + "\n"
    if arguments.out is None:
        sys.stdout.write(text)
        return 0
    if arguments.out.is_file() and '"$schema"' not in arguments.out.read_text(encoding="utf-8", errors="replace"):
        raise UsageError(f"{arguments.out} exists and is no schema; name another file")
    try:
        arguments.out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{arguments.out} cannot be written: {error.strerror}") from None
    from rich.console import Console

    line = f"First line of a recipe, for editors: # yaml-language-server: $schema={arguments.out}"
    Console(highlight=False, markup=False, soft_wrap=True).print(line)
    return 0
