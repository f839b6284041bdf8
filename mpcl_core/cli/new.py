"""Write the first files of a plugin or of a data set: ``mpcl new``."""

import argparse
import sys
from pathlib import Path

from mpcl_core.cli.options import rate
from mpcl_core.toolkit.printable import printable

HELP = "write the first files of a plugin or of a data set of your own"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the kinds and their options."""
    from mpcl_core.cli.main import add_parser

    kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
    plugin = add_parser(kinds, "plugin", "write a component that works, its test, and a recipe that uses it")
    plugin.add_argument("name", metavar="NAME", help="writes NAME.py, test_NAME.py and NAME.yaml into this folder")
    plugin.add_argument("--slot", required=True, metavar="SLOT", help="encoder, fusion, memory, source, protocol …")
    plugin.add_argument("--package", action="store_true", help="write a package that pip can install, in a folder NAME")
    dataset = add_parser(kinds, "dataset", "write a manifest of the files in a folder, and a recipe that uses it")
    dataset.add_argument("name", metavar="NAME", help="writes NAME.csv and NAME.yaml into the current folder")
    dataset.add_argument("folder", type=Path, metavar="FOLDER", help="the folder of the files")
    dataset.add_argument("--ratings", nargs="+", required=True, metavar="LABEL", help="the emotions that were rated")
    dataset.add_argument(
        "--sfreq",
        nargs="+",
        default=[],
        type=rate,
        metavar="MODALITY=HZ",
        help="sampling rates of files that do not state theirs",
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the files into the current folder, and print what to do next.

    Returns:
        0.

    Raises:
        UsageError: the name cannot be used, or a file exists.
    """
    lines = _plugin(arguments) if arguments.kind == "plugin" else _dataset(arguments)
    sys.stdout.write(printable("".join(f"{line}\n" for line in lines)))
    return 0


def _plugin(arguments: argparse.Namespace) -> list[str]:
    from mpcl_core.app.scaffolding import new_plugin

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


def _dataset(arguments: argparse.Namespace) -> list[str]:
    from mpcl_core.app.scaffolding import new_dataset
    from mpcl_core.data.spellings import spelling_note

    manifest, recipe, made = new_dataset(arguments.name, arguments.folder, arguments.ratings, dict(arguments.sfreq))
    left_out = f" Left out, since the name states no subject: {made.left_out}." if made.left_out else ""
    subjects = ", ".join(made.subjects[:5]) + (" …" if len(made.subjects) > 5 else "")
    spellings = spelling_note("subject", made.subjects)
    names = ", ".join(modality.name for modality in made.modalities)
    lines = [
        f"{manifest}: {made.recordings} recordings with {names}.{left_out}",
        *(f"  {modality}" for modality in made.modalities),
        *([f"  no signals: {', '.join(made.others)}"] if made.others else []),
        f"Subjects, by the names of files: {len(made.subjects)} ({subjects}). If that is wrong, correct {manifest}.",
        f"Fill in {', '.join(arguments.ratings)}, then: mpcl check {recipe}",
    ]
    return [*lines[:-1], spellings, lines[-1]] if spellings else lines
