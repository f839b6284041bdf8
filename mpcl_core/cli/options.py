"""Add the options that several verbs share, and convert the texts of options to values."""

import argparse
import sys
from pathlib import Path

from mpcl_core.runs.shard import Shard
from mpcl_core.toolkit.printable import json_text
from mpcl_core.toolkit.stated_rates import parse_rate

EXIT_CODES = "Exit codes: 0 done, 1 something failed, 2 wrong use, 130 stopped."
PATCH = "patch the recipe: --set train.epochs=3 --set prepare.0.length=2 --set objectives.prd=null"
RECIPE = "a YAML file, or the name of a shipped recipe"


def add_recipe(parser: argparse.ArgumentParser, optional: bool = False) -> None:
    """Add a recipe and what changes it: ``RECIPE``, ``--set`` and ``--plugin``."""
    parser.add_argument("recipe", metavar="RECIPE", help=RECIPE, nargs="?" if optional else None)
    add_set(parser)
    add_plugin(parser)


def add_set(parser: argparse.ArgumentParser, text: str = PATCH) -> None:
    """Add ``--set KEY=VALUE``, any number of times."""
    parser.add_argument("--set", action="append", default=[], dest="sets", metavar="KEY=VALUE", help=text)


def add_plugin(parser: argparse.ArgumentParser) -> None:
    """Add ``--plugin FILE``, any number of times."""
    parser.add_argument(
        "--plugin",
        action="append",
        default=[],
        type=Path,
        dest="plugins",
        metavar="FILE",
        help="a Python file with components of your own",
    )


def add_no_plugins(parser: "argparse.ArgumentParser | argparse._MutuallyExclusiveGroup") -> None:
    """Add ``--no-plugins``."""
    parser.add_argument(
        "--no-plugins",
        action="store_true",
        help="refuse the plugin files that a recipe names; those of --plugin and installed plugins are used",
    )


def add_rates(parser: argparse.ArgumentParser) -> None:
    """Add ``--rate MODALITY=HZ``, any number of times."""
    parser.add_argument(
        "--rate",
        action="append",
        default=[],
        type=rate,
        dest="rates",
        metavar="MODALITY=HZ",
        help="the sampling rate in files that do not state it (any number of times)",
    )


def add_trust(parser: "argparse.ArgumentParser | argparse._MutuallyExclusiveGroup") -> None:
    """Add ``--trust``."""
    parser.add_argument(
        "--trust",
        action="store_true",
        help="import the plugin files of a run folder, which are programs: read them first",
    )


def add_consent(parser: argparse.ArgumentParser) -> None:
    """Add ``--trust`` and ``--no-plugins``, which exclude each other."""
    choices = parser.add_mutually_exclusive_group()
    add_trust(choices)
    add_no_plugins(choices)


def add_jobs(parser: argparse.ArgumentParser) -> None:
    """Add ``--jobs N``."""
    parser.add_argument(
        "--jobs", type=positive, metavar="N", help="processes at a time (default: one per core; at most 4 share a GPU)"
    )


def add_device(parser: argparse.ArgumentParser) -> None:
    """Add ``--device NAME``."""
    parser.add_argument(
        "--device",
        choices=("auto", "cpu", "cuda", "mps"),
        help="where networks are trained (default auto: cuda, else mps, else cpu)",
    )


def add_no_figures(parser: argparse.ArgumentParser) -> None:
    """Add ``--no-figures``."""
    parser.add_argument(
        "--no-figures", action="store_true", help="draw no figures of a run; its report has tables only"
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add ``--json``."""
    parser.add_argument("--json", action="store_true", help="print the answer as JSON on standard output")


def write_json(answer: object) -> None:
    """Print an answer as JSON on standard output, with escapes where its encoding lacks characters."""
    sys.stdout.write(json_text(answer, ascii_only=not is_utf8(sys.stdout.encoding)) + "\n")


def is_utf8(encoding: str | None) -> bool:
    """Return whether the encoding of a stream is UTF-8, which has every character.

    Args:
        encoding: its name, in any spelling; None for a stream of text that is not encoded.

    Returns:
        Whether it is.
    """
    return encoding is None or encoding.lower().replace("-", "").replace("_", "").startswith("utf8")


def positive(text: str) -> int:
    """Convert a text to a whole number from 1.

    Args:
        text: the text of the option.

    Returns:
        The number.

    Raises:
        argparse.ArgumentTypeError: the text is of another form.
    """
    number = int(text) if text.isdigit() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1, got {text!r}")
    return number


def port(text: str) -> int:
    """Convert a text to the number of a port.

    Args:
        text: the text of the option.

    Returns:
        The number.

    Raises:
        argparse.ArgumentTypeError: the text is of another form.
    """
    number = int(text) if text.isdigit() else -1
    if not 0 <= number < 2**16:
        raise argparse.ArgumentTypeError(f"expected a whole number from 0 to 65535, got {text!r}")
    return number


def amount(text: str) -> float:
    """Convert a text to a number from 0.

    Args:
        text: the text of the option.

    Returns:
        The number.

    Raises:
        argparse.ArgumentTypeError: the text is of another form.
    """
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        raise argparse.ArgumentTypeError(f"expected a number from 0, got {text!r}")
    return number


def limit(text: str) -> float:
    """Convert a text to a number above 0.

    Args:
        text: the text of the option.

    Returns:
        The number.

    Raises:
        argparse.ArgumentTypeError: the text is of another form.
    """
    number = amount(text)
    if not number:
        raise argparse.ArgumentTypeError(f"expected a number above 0, got {text!r}")
    return number


def cohort(text: str) -> int | None:
    """Convert a text to a number of jobs that are trained as one model.

    Args:
        text: the text of the option.

    Returns:
        The number; None where the quickest is to be measured.

    Raises:
        argparse.ArgumentTypeError: the text is of another form.
    """
    known = {"auto": None, "off": 1}
    return known[text] if text in known else positive(text)


def shard(text: str) -> Shard:
    """Convert ``I/N`` to a shard.

    Args:
        text: the text of the option.

    Returns:
        The shard.

    Raises:
        argparse.ArgumentTypeError: the text is of another form.
    """
    try:
        return Shard.from_text(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def rate(text: str) -> tuple[str, float]:
    """Convert ``MODALITY=HZ`` to a modality and its sampling rate in Hz.

    Args:
        text: the text of the option.

    Returns:
        The modality and the rate.

    Raises:
        argparse.ArgumentTypeError: the text is of another form.
    """
    try:
        return parse_rate(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
