"""Parse the command line and call the verb.

Each verb is a module with ``HELP``, ``add_arguments`` and ``run``. It imports what it needs when it runs, so that
``--help`` is quick.
"""

import argparse
import os
import re
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from io import TextIOWrapper
from types import TracebackType
from typing import Any, NoReturn

from rich_argparse import RawDescriptionRichHelpFormatter

import mpcl_core
from mpcl_core.cli.options import EXIT_CODES, is_utf8
from mpcl_core.interfaces.errors import UserError, is_access_refused, is_disk_full
from mpcl_core.interfaces.suggestions import suggest_name
from mpcl_core.jobs.process import collect_garbage_rarely, keep_freed_memory, skip_garbage_collection_at_exit
from mpcl_core.toolkit.printable import printable

VERBS = (
    "run",
    "check",
    "list",
    "show",
    "schema",
    "doctor",
    "test",
    "new",
    "cache",
    "compare",
    "audit",
    "verify",
    "export-predictions",
    "fit",
    "predict",
    "calibrate",
    "models",
    "push",
    "export",
    "stream",
    "serve",
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: its words; those of the process where None.

    Returns:
        The exit code: 0 done, 1 something failed, 2 wrong use, 130 stopped.
    """
    skip_garbage_collection_at_exit()
    collect_garbage_rarely()
    _replace_unknown_characters()
    arguments = parser().parse_args(argv)
    keep_freed_memory()
    verb = _module(arguments.verb)
    try:
        return int(verb.run(arguments))
    except UserError as error:
        sys.stderr.write(f"{printable(str(error))}\n")
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
        return 130
    except (MemoryError, RecursionError) as error:
        cause = "there is not enough memory" if isinstance(error, MemoryError) else "something is nested too deep"
        sys.stderr.write(f"mpcl {arguments.verb} cannot go on: {cause} (in {_deepest_frame(error)})\n")
        return 1
    except BrokenPipeError:  # the reader of a pipe has ended: `mpcl list | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        if not (is_access_refused(error) or is_disk_full(error)):
            raise
        place = f"{error.filename}: " if error.filename else ""
        sys.stderr.write(printable(f"{place}{error.strerror}\n"))
        return 1


def _replace_unknown_characters() -> None:
    """Let a terminal whose encoding lacks a character show another one, instead of ending the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper) and not is_utf8(stream.encoding):
            stream.reconfigure(errors="replace")


def _deepest_frame(error: BaseException) -> str:
    frames = [step.tb_frame.f_code for step in _steps(error)]
    code = next((each for each in reversed(frames) if "mpcl" in each.co_filename), frames[-1])
    return f"{code.co_filename}: {code.co_name}"


def _steps(error: BaseException) -> Iterator[TracebackType]:
    step = error.__traceback__
    while step is not None:
        yield step
        step = step.tb_next


def _module(verb: str) -> Any:
    return import_module(f"mpcl_core.cli.{verb.replace('-', '_')}")


def parser() -> argparse.ArgumentParser:
    """Build the parser of all verbs and their options.

    Returns:
        The parser, which puts the name of the verb into ``verb``.
    """
    root: argparse.ArgumentParser = _Parser(
        prog="mpcl",
        description="Predict emotion distributions from body signals with plugins, recipes and leak-proof protocols.",
        epilog=EXIT_CODES,
        formatter_class=RawDescriptionRichHelpFormatter,
    )
    root.add_argument("--version", action=_Version, help="print the version and exit")
    verbs = root.add_subparsers(dest="verb", required=True, metavar="VERB")
    for name in VERBS:
        verb = _module(name)
        verb.add_arguments(add_parser(verbs, name, verb.HELP))
    return root


def add_parser(
    parent: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, text: str
) -> argparse.ArgumentParser:
    """Add a verb, or an action of a verb.

    Args:
        parent: the verbs, or the actions of one.
        name: its name.
        text: what it does, as a phrase without a full stop.

    Returns:
        Its parser.
    """
    return parent.add_parser(
        name,
        help=text,
        description=text[0].upper() + text[1:] + ".",
        epilog=EXIT_CODES,
        formatter_class=RawDescriptionRichHelpFormatter,
    )


class _Parser(argparse.ArgumentParser):
    """Parse a command, and suggest a similar word where a verb, an option or a choice is unknown.

    Arguments without a name may stand before, between and after the options. argparse does this only on request, and
    not for a parser that has sub-commands.
    """

    _is_parsing = False

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        if self._is_parsing or any(action.nargs == argparse.PARSER for action in self._actions):
            return super().parse_known_args(args, namespace)
        self._is_parsing = True  # the next line calls this method again
        try:
            known, unknown = self.parse_known_intermixed_args(args, namespace)
        finally:
            self._is_parsing = False
        if unknown:
            similar = suggest_name(unknown[0].partition("=")[0], self._option_string_actions)
            self.error(f"unrecognized arguments: {' '.join(unknown)}{similar and '.' + similar}")
        return known, unknown

    def error(self, message: str) -> NoReturn:
        if found := re.search(r"invalid choice: '(.*)' \(choose from (.*)\)$", message):
            message += suggest_name(found[1], re.findall(r"'([^']*)'", found[2]))
        super().error(message)


class _Version(argparse.Action):
    """Print the version, which is looked up only where it is asked for."""

    def __init__(self, option_strings: Sequence[str], dest: str, **options: str) -> None:
        super().__init__(option_strings, argparse.SUPPRESS, nargs=0, default=argparse.SUPPRESS, help=options["help"])

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        sys.stdout.write(f"mpcl {mpcl_core.__version__}\n")
        parser.exit()
