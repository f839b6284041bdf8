"""Write the JSON Schema of recipes, for editors: ``mpcl schema``."""

import argparse
import sys
from pathlib import Path

from mpcl_core.cli.options import add_plugin

HELP = "write the JSON Schema of recipes, with which an editor completes and checks them"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    parser.add_argument("--out", type=Path, metavar="FILE", help="where to write it (default: standard output)")
    add_plugin(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the schema of recipes that use the installed components.

    Returns:
        0.

    Raises:
        UsageError: the file exists and is no schema, or cannot be written.
    """
    from mpcl_core.app.inspection.schema import schema_text, write_schema

    if arguments.out is None:
        sys.stdout.write(schema_text(arguments.plugins))
        return 0
    write_schema(arguments.out, arguments.plugins)
    sys.stdout.write(f"First line of a recipe, for editors: # yaml-language-server: $schema={arguments.out}\n")
    return 0
