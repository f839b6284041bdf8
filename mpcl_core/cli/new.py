"""Write the first files of a plugin or of a data set: ``mpcl new``."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mpcl_core.cli.options import add_rates
from mpcl_core.toolkit.printable import printable

if TYPE_CHECKING:
    from mpcl_core.scaffold.dataset import Study

HELP = "write the first files of a plugin or of a data set of your own"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the kinds and their options."""
    from mpcl_core.cli.main import add_parser

    kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
    plugin = add_parser(kinds, "plugin", "write a component that works, its test, and a recipe that uses it")
    plugin.add_argument("name", metavar="NAME", help="writes NAME.py, test_NAME.py and NAME.yaml into this folder")
    plugin.add_argument("--slot", required=True, metavar="SLOT", help="encoder, fusion, memory, source, protocol …")
    plugin.add_argument("--package", action="store_true", help="write a package that pip can install, in a folder NAME")
    dataset = add_parser(kinds, "dataset", "write a recipe for the files in a folder, or for a table of features")
    dataset.add_argument(
        "name", metavar="NAME", help="writes NAME.yaml into the current folder; for a folder NAME.csv, too"
    )
    text = "a folder of recordings, or a table with a row of features for each window or trial (.csv, .tsv, .parquet)"
    dataset.add_argument("input", type=Path, metavar="INPUT", help=text)
    text = "the emotions that were rated; in a table of features, the columns with their scores"
    dataset.add_argument("--ratings", action="extend", nargs="+", required=True, metavar="LABEL", help=text)
    dataset.add_argument("--subject", default="", metavar="COLUMN", help="of a table of features: the column of people")
    dataset.add_argument("--trial", default="", metavar="COLUMN", help="of a table of features: the column of trials")
    add_rates(dataset)
    cuts = dataset.add_mutually_exclusive_group()
    origins = ("bids", "e4", "xdf", "edf", "fif")
    text = "take files of this kind only, and cut them into trials at their events, tags, markers or annotations"
    cuts.add_argument("--from", dest="origin", choices=origins, help=text)
    cuts.add_argument(
        "--events", type=Path, metavar="TABLE", help="cut at the events of a table (subject, trial, start …)"
    )
    text = "take trials and scores from questionnaires as those of WESAD (S2_quest.csv), which state times and items"
    cuts.add_argument("--questionnaires", type=Path, metavar="FOLDER", help=text)
    text = "seconds that a recording's clock is ahead of its questionnaire's (columns: subject, e4_offset_s)"
    dataset.add_argument("--offsets", type=Path, metavar="TABLE", help=text)
    dataset.add_argument("--scores", type=Path, metavar="TABLE", help="take the scores from a questionnaire's table")
    dataset.add_argument(
        "--scale", nargs=2, type=float, metavar=("LOW", "HIGH"), help="the lowest and the highest score of an item"
    )
    dataset.add_argument(
        "--reversed",
        action="extend",
        nargs="+",
        default=[],
        metavar="ITEM",
        help="items that count as LOW + HIGH - score",
    )
    dataset.add_argument(
        "--sum",
        action="extend",
        nargs="+",
        default=[],
        type=item_sum,
        metavar="LABEL=ITEM+ITEM",
        help="labels that are the mean of several items",
    )


def item_sum(text: str) -> tuple[str, tuple[str, ...]]:
    """Parse ``LABEL=ITEM+ITEM``.

    Args:
        text: the argument.

    Returns:
        The label and its items.

    Raises:
        ArgumentTypeError: it is written otherwise.
    """
    label, equals, items = text.partition("=")
    names = tuple(item.strip() for item in items.split("+"))
    if not (equals and label.strip() and all(names)) or len(set(names)) < len(names):
        raise argparse.ArgumentTypeError(f"'{text}' is not written as LABEL=ITEM+ITEM")
    return label.strip(), names


def run(arguments: argparse.Namespace) -> int:
    """Write the files into the current folder, and print what to do next.

    Returns:
        0.

    Raises:
        UsageError: the name cannot be used, or a file exists.
    """
    if arguments.kind == "plugin":
        lines = _plugin(arguments)
    else:
        lines = _table(arguments) if arguments.input.is_file() else _dataset(arguments)
    sys.stdout.write(printable("".join(f"{line}\n" for line in lines)))
    return 0


def _plugin(arguments: argparse.Namespace) -> list[str]:
    from mpcl_core.app.plugins.scaffolding import new_plugin

    name = arguments.name
    files = new_plugin(name, arguments.slot, arguments.package)
    folder = files[0].parent
    lines = [
        f"Written: {', '.join(map(str, files))}. Next:",
        f"  mpcl test {folder / name}.py      # the contract of its slot",
        f"  python -m pytest {folder / f'test_{name}.py'}      # the same, and its recipe",
        f"  mpcl run {folder / name}.yaml      # a study that uses it",
    ]
    return [*lines, f"  python -m pip install ./{name}      # makes it known by name"] if arguments.package else lines


def _table(arguments: argparse.Namespace) -> list[str]:
    from mpcl_core.app.plugins.scaffolding import new_table_dataset
    from mpcl_core.data.spellings import spelling_note
    from mpcl_core.interfaces.errors import UsageError
    from mpcl_core.interfaces.suggestions import list_names
    from mpcl_core.scaffold.table import RatedTable

    of_folders = {
        "--rate": arguments.rates,
        "--from": arguments.origin,
        "--events": arguments.events,
        "--questionnaires": arguments.questionnaires,
        "--offsets": arguments.offsets,
        "--scores": arguments.scores,
        "--reversed": arguments.reversed,
        "--sum": arguments.sum,
    }
    if given := [option for option, value in of_folders.items() if value]:
        raise UsageError(f"{given[0]} is for a folder of recordings, and {arguments.input} is a file")
    scale = _scale(arguments.scale) if arguments.scale else None
    table = RatedTable(arguments.input, arguments.ratings, scale, arguments.subject, arguments.trial)
    recipe, made = new_table_dataset(arguments.name, table)
    named = " and ".join(
        f"{'people' if key == 'subject' else 'trials'} by '{name}'" for key, name in made.names.items()
    )
    return [
        f"{recipe}: {made.rows} rows of {len(made.subjects)} people, {named}.",
        *(f"  {name}: {list_names(columns, 8)}" for name, columns in made.modalities.items()),
        *([f"  not read: {list_names(made.left_out, 8)}"] if made.left_out else []),
        *made.remarks,
        *filter(None, [spelling_note("subject", made.subjects)]),
        f"Remove columns from {recipe} that are answers, orders or times, then: mpcl check {recipe}",
    ]


def _dataset(arguments: argparse.Namespace) -> list[str]:
    from mpcl_core.app.plugins.scaffolding import new_dataset
    from mpcl_core.data.spellings import spelling_note
    from mpcl_core.interfaces.errors import UsageError

    for key in ("subject", "trial"):
        if getattr(arguments, key):
            raise UsageError(f"--{key} names a column of a table of features, and {arguments.input} is no file")
    manifest, recipe, made = new_dataset(arguments.name, arguments.input, _study(arguments))
    left_out = f" Left out, since the name states no subject: {made.left_out}." if made.left_out else ""
    subjects = ", ".join(made.subjects[:5]) + (" …" if len(made.subjects) > 5 else "")
    spellings = spelling_note("subject", made.subjects)
    names, rated = ", ".join(modality.name for modality in made.modalities), ", ".join(arguments.ratings)
    lines = [
        f"{manifest}: {made.recordings} recordings with {names}.{left_out}",
        *(f"  {modality}" for modality in made.modalities),
        *([f"  no signals: {', '.join(made.others)}"] if made.others else []),
        f"Subjects, by the names of files: {len(made.subjects)} ({subjects}). If that is wrong, correct {manifest}.",
        *made.remarks,
        f"{'Then' if arguments.scores or arguments.questionnaires else f'Fill in {rated}, then'}: mpcl check {recipe}",
    ]
    return [*lines[:-1], spellings, lines[-1]] if spellings else lines


def _study(arguments: argparse.Namespace) -> "Study":
    from mpcl_core.interfaces.errors import UsageError
    from mpcl_core.scaffold.dataset import Study
    from mpcl_core.scaffold.questionnaire import Scale

    scale = None
    if arguments.questionnaires and arguments.scores:
        raise UsageError("--questionnaires states the scores; leave --scores out")
    if arguments.offsets and not arguments.questionnaires:
        raise UsageError("--offsets belongs to --questionnaires FOLDER")
    if arguments.scale or arguments.questionnaires:
        bounds = _scale(arguments.scale or (1.0, 5.0))
        scale = Scale(*bounds, tuple(arguments.reversed), dict(arguments.sum))
    elif arguments.reversed or arguments.sum:
        raise UsageError("--reversed and --sum need --scale LOW HIGH")
    rates, tables = dict(arguments.rates), (arguments.events, arguments.scores)
    return Study(
        arguments.ratings, rates, arguments.origin, *tables, scale, arguments.questionnaires, arguments.offsets
    )


def _scale(bounds: Sequence[float]) -> tuple[float, float]:
    """Return the lowest and the highest score after a check.

    Returns:
        Both.
    """
    from mpcl_core.interfaces.errors import UsageError

    low, high = bounds
    if not 0 <= low < high:
        raise UsageError(f"--scale {low:g} {high:g}: the lowest score is at least 0 and below the highest")
    return low, high
