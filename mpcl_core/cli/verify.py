"""Compare a run with what is here now, and its folder with itself: ``mpcl verify``."""

import argparse
import sys
from pathlib import Path

from mpcl_core.cli.options import add_json, add_plugin, add_trust, write_json
from mpcl_core.toolkit.printable import printable

HELP = "print what differs from a run: code, versions, data, folds, and its files; exit code 1 if something does"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    parser.add_argument("run", type=Path, metavar="RUN", help="the folder of a run")
    add_plugin(parser)
    add_trust(parser)
    parser.add_argument("--digest", metavar="HASH", default="", help="the digest that 'mpcl run' printed")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print a line for each difference, and one for each file that is not of the run.

    Returns:
        1 where something differs, else 0.

    Raises:
        UsageError: the folder is no complete run.
    """
    from mpcl_core.app.verification.verifying import verify
    from mpcl_core.cli.messages import message_printer, plugin_consent

    found = verify(arguments.run, arguments.plugins, message_printer(), plugin_consent(arguments), arguments.digest)
    if arguments.json:
        write_json(found.as_json())
    else:
        lines = found.lines or [f"{arguments.run}: nothing differs"]
        lines += [f"Note: {file} is not of the run, so nothing vouches for it" for file in found.foreign_files]
        sys.stdout.write(printable("".join(f"{line}\n" for line in lines)))
    return 1 if found.lines else 0
