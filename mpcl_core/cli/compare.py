"""Print the variants of runs side by side: ``mpcl compare``."""

import argparse
import sys

from mpcl_core.cli.options import add_consent, add_device, add_jobs, add_json, add_no_figures, add_plugin, write_json
from mpcl_core.toolkit.printable import printable

HELP = "compare the variants of one run or of several, with tests that are paired by subject"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    parser.add_argument(
        "runs",
        nargs="+",
        metavar="RUN|RECIPE",
        help="the folder of a run, or a recipe: its newest complete run is used, or it is run if there is none",
    )
    add_jobs(parser)
    add_device(parser)
    parser.add_argument(
        "--metric",
        default="kl_divergence",
        metavar="NAME",
        help="by which the variants are ranked and tested (default kl_divergence)",
    )
    parser.add_argument(
        "--reference",
        metavar="NAME",
        help="the variant to test the others against (default: full, main or the first network); always also mean",
    )
    add_no_figures(parser)
    add_plugin(parser)
    add_consent(parser)
    add_json(parser)
    parser.add_argument("--latex", action="store_true", help="print the tables as LaTeX on standard output")


def run(arguments: argparse.Namespace) -> int:
    """Print the comparison as tables, as JSON or as LaTeX.

    Returns:
        1 where a job of a run that was needed failed, else 0.

    Raises:
        UsageError: a run, a recipe, the metric or the reference does not exist.
    """
    from mpcl_core.interfaces.errors import UsageError

    if arguments.json and arguments.latex:
        raise UsageError("--json and --latex exclude each other")
    from mpcl_core.app.comparing import compared_runs
    from mpcl_core.app.running.settings import RunSettings
    from mpcl_core.cli.messages import plugin_consent, terminal_display
    from mpcl_core.evaluation.compare import compare

    settings = RunSettings(arguments.jobs, arguments.device or "auto", figures=not arguments.no_figures)
    consent = plugin_consent(arguments)
    folders, failures = compared_runs(arguments.runs, arguments.plugins, settings, terminal_display(), consent)
    results = compare(folders, arguments.metric, arguments.reference)
    sys.stderr.write(printable("".join(f"Failed: {failure}\n" for failure in failures)))
    if arguments.json:
        tables = [result.as_json() for result in results]
        write_json({"metric": arguments.metric, "runs": list(map(str, folders)), "results": tables})
    elif arguments.latex:
        from mpcl_core.reporting.tables import as_latex

        sys.stdout.write(as_latex(results))
    else:
        from mpcl_core.cli.messages import SafeConsole
        from mpcl_core.reporting.tables import show

        show(results, SafeConsole())
    return 1 if failures else 0
