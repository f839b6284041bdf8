"""Check components against the contract of their slot: ``mpcl test``."""

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mpcl_core.cli.options import add_json, add_plugin, add_set, write_json

if TYPE_CHECKING:
    from mpcl_core.app.plugins.contract_checks import CheckResult

HELP = "check the components of a plugin file, or of a name, against the contract of their slots"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    parser.add_argument("what", metavar="FILE|NAME", help="a plugin file, or the name of an installed component")
    parser.add_argument(
        "-k", default="", metavar="TEXT", help="only the checks whose name, COMPONENT-CHECK, contains TEXT"
    )
    add_set(
        parser,
        "a parameter: --set length=4.0 --set retrieval.use=hopfield; of one component of a file: --set NAME.length=4.0",
    )
    add_plugin(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run the checks of a plugin file's components, or of the components of a name, and print the results.

    Returns:
        1 where a check failed, else 0.

    Raises:
        UsageError: there is no such component, or no such check.
        PluginError: the plugin file does not load.
        RecipeError: the parameters do not fit.
    """
    from mpcl_core.app.plugins.contract_checks import check_contract

    results = check_contract(arguments.what, arguments.sets, arguments.k, arguments.plugins)
    if arguments.json:
        write_json([result.as_json() for result in results])
    else:
        _print(results)
    return 1 if any(result.failure for result in results) else 0


def _print(results: "Sequence[CheckResult]") -> None:
    from mpcl_core.cli.messages import SafeConsole

    console = SafeConsole(soft_wrap=True)
    heading = ""
    for result in results:
        if (title := f"{result.slot} '{result.component}' ({result.file})") != heading:
            console.print(title)
            heading = title
        console.print(f"  {'FAILED' if result.failure else 'passed'}  {result.check}")
        if result.failure:
            console.print(f"          Contract: {result.requirement}")
            console.print(f"          Found: {result.failure}")
    failed = sum(bool(result.failure) for result in results)
    console.print(f"{len(results) - failed} of {len(results)} checks passed.")
