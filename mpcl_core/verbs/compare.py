"""``mpcl compare``."""

import argparse
import json
import sys

from mpcl_core.interfaces.errors import UsageError


def run(arguments: argparse.Namespace) -> int:
    """Show the variants of one run or several side by side, with tests that are paired by subject."""
    if arguments.json and arguments.latex:
        raise UsageError("--json and --latex are two answers; ask for one")
    from mpcl_core.results.compare import compare

    results = compare(arguments.runs, arguments.metric, arguments.reference)
    if arguments.json:
        answer = {"metric": arguments.metric, "results": [result.as_json() for result in results]}
        sys.stdout.write(json.dumps(answer, indent=1) + "\n")
    elif arguments.latex:
        from mpcl_core.results.tables import as_latex

        sys.stdout.write(as_latex(results))
    else:
        from rich.console import Console

        from mpcl_core.results.tables import show

        show(results, Console())
    return 0
