"""The command line. Each verb imports what it needs when it runs, so that ``--help`` costs nothing."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from rich_argparse import RawDescriptionRichHelpFormatter

from mpcl_core.interfaces.errors import UserError

EPILOG = "Exit codes: 0 done, 1 something failed, 2 wrong use."


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    arguments = parser().parse_args(argv)
    verb = import_module(f"mpcl_core.verbs.{arguments.verb}")
    try:
        return int(verb.run(arguments))
    except UserError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return error.exit_code
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)  # noqa: T201
        return 130


def parser() -> argparse.ArgumentParser:
    """All verbs and their options."""
    root = argparse.ArgumentParser(
        prog="mpcl",
        description="Predict emotion distributions from body signals: recipes, plugins, honest numbers.",
        epilog=EPILOG,
        formatter_class=RawDescriptionRichHelpFormatter,
    )
    verbs = root.add_subparsers(dest="verb", required=True, metavar="VERB")
    _run(_verb(verbs, "run", "train and test every variant, seed and fold of a recipe"))
    _check(_verb(verbs, "check", "find the faults of a recipe, its network's size and its jobs; train nothing"))
    _list(_verb(verbs, "list", "the components that are installed, and the plugins that did not load"))
    _show(_verb(verbs, "show", "a component, a resolved recipe, or how two recipes differ"))
    return root


def _verb(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, text: str
) -> argparse.ArgumentParser:
    return verbs.add_parser(
        name,
        help=text,
        description=text[0].upper() + text[1:] + ".",
        epilog=EPILOG,
        formatter_class=RawDescriptionRichHelpFormatter,
    )


def _run(verb: argparse.ArgumentParser) -> None:
    _recipe(verb)
    verb.add_argument("--out", type=Path, metavar="DIR", help="the run folder (default runs/NAME/TIME-HASH)")
    verb.add_argument("--jobs", type=_positive, metavar="N", help="processes at a time (default: one a core)")
    verb.add_argument("--device", default="cpu", choices=("cpu", "cuda", "mps"), help="where networks are trained")
    verb.add_argument("--fail-fast", action="store_true", help="stop at the first job that fails")
    _json(verb)


def _check(verb: argparse.ArgumentParser) -> None:
    _recipe(verb)
    _json(verb)


def _list(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("slot", nargs="?", metavar="SLOT", help="encoder, fusion, memory, source, protocol …")
    _plugin(verb)
    _json(verb)


def _show(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("what", nargs="+", metavar="NAME|RECIPE", help="a component's name, or one or two recipes")
    _plugin(verb)
    _set(verb)
    _json(verb)


def _recipe(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("recipe", type=Path, metavar="RECIPE", help="a YAML file")
    _set(verb)
    _plugin(verb)


def _set(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--set",
        action="append",
        default=[],
        dest="sets",
        metavar="KEY=VALUE",
        help="patch the recipe: --set train.epochs=3 --set objectives.prd=null",
    )


def _plugin(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--plugin",
        action="append",
        default=[],
        type=Path,
        dest="plugins",
        metavar="FILE",
        help="a Python file with components of your own",
    )


def _json(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--json", action="store_true", help="the answer as JSON on standard output")


def _positive(text: str) -> int:
    number = int(text) if text.isdigit() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"a whole number from 1, not {text!r}")
    return number
