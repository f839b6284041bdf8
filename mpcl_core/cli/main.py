"""The command line. Each verb imports what it needs when it runs, so that ``--help`` costs nothing."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from rich_argparse import RawDescriptionRichHelpFormatter

from mpcl_core.interfaces.errors import UserError
from mpcl_core.jobs.process import skip_garbage_collection_at_exit

EPILOG = "Exit codes: 0 done, 1 something failed, 2 wrong use, 130 stopped."


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    skip_garbage_collection_at_exit()
    arguments = parser().parse_args(argv)
    verb = import_module(f"mpcl_core.cli.{arguments.verb}")
    try:
        return int(verb.run(arguments))
    except UserError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return error.exit_code
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)  # noqa: T201
        return 130
    except PermissionError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)  # noqa: T201
        return 1
    except BrokenPipeError:  # nobody reads on: `mpcl list | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


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
    _schema(_verb(verbs, "schema", "the JSON Schema of recipes, with which an editor completes and checks them"))
    _doctor(_verb(verbs, "doctor", "what is installed and what is not: plugins, versions, devices, extras, cache"))
    _test(_verb(verbs, "test", "whether the components of a plugin file, or of a name, keep the contract"))
    _new(_verb(verbs, "new", "write the beginnings of a plugin or of a data set of one's own"))
    _cache(_verb(verbs, "cache", "the prepared rows that are kept from one run to the next"))
    _compare(_verb(verbs, "compare", "variants of one run or several side by side, tested by subject"))
    _audit(_verb(verbs, "audit", "look for leaks in a recipe or a run; exit code 1 where there is one"))
    _verify(_verb(verbs, "verify", "what differs from a run: code, versions, data, folds, and its files; exit code 1"))
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
    _recipe(verb, optional=True)
    verb.add_argument("--resume", type=Path, metavar="RUN", help="finish a run that was stopped, and nothing else")
    verb.add_argument("--out", type=Path, metavar="DIR", help="the run folder (default runs/NAME/TIME-HASH)")
    _jobs(verb)
    verb.add_argument(
        "--cohort",
        type=_cohort,
        default=1,
        metavar="auto|off|N",
        help="train N jobs of a variant together as one batched model; auto measures whether that is quicker "
        "(default off: one by one)",
    )
    verb.add_argument("--dask", metavar="ADDRESS", help="run the jobs on the workers of this dask scheduler")
    verb.add_argument("--device", choices=("cpu", "cuda", "mps"), help="where networks are trained (default cpu)")
    verb.add_argument("--locked", action="store_true", help="repeat RUN/recipe.yaml, and nothing that differs from it")
    verb.add_argument("--fail-fast", action="store_true", help="stop at the first job that fails")
    verb.add_argument(
        "--track",
        action="append",
        default=[],
        choices=("jsonl", "mlflow", "tensorboard"),
        help="write down elsewhere too how the jobs go",
    )
    _json(verb)


def _jobs(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--jobs", type=_positive, metavar="N", help="processes at a time (default: one a core)")


def _check(verb: argparse.ArgumentParser) -> None:
    _recipe(verb)
    _json(verb)


def _audit(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("what", type=Path, metavar="RECIPE|RUN", help="a recipe, or the folder of a run")
    _set(verb)
    _plugin(verb)
    _json(verb)


def _verify(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("run", type=Path, metavar="RUN", help="the folder of a run")
    _plugin(verb)
    _json(verb)


def _compare(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "runs",
        nargs="+",
        type=Path,
        metavar="RUN|RECIPE",
        help="the folder of a run, or a recipe, which stands for its newest complete run and is run if it has none",
    )
    _jobs(verb)
    verb.add_argument(
        "--metric",
        default="kl_divergence",
        metavar="NAME",
        help="by which the variants are ranked and tested (default kl_divergence)",
    )
    verb.add_argument(
        "--reference",
        metavar="NAME",
        help="the variant to test the others against (default full, main or the first network; and always mean)",
    )
    _plugin(verb)
    _json(verb)
    verb.add_argument("--latex", action="store_true", help="the tables as LaTeX on standard output")


def _list(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("slot", nargs="?", metavar="SLOT|recipes", help="encoder, fusion, source … or recipes")
    _plugin(verb)
    _json(verb)
    verb.add_argument("--markdown", action="store_true", help="all that is known of each, as docs/components.md has it")


def _show(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("what", nargs="+", metavar="NAME|RECIPE", help="a component's name, or one or two recipes")
    _plugin(verb)
    _set(verb)
    _json(verb)


def _schema(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--out", type=Path, metavar="FILE", help="where to write it (default: standard output)")
    _plugin(verb)


def _doctor(verb: argparse.ArgumentParser) -> None:
    _plugin(verb)
    _json(verb)


def _test(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("what", metavar="FILE|NAME", help="a plugin file, or the name of an installed component")
    verb.add_argument("-k", default="", metavar="TEXT", help="only checks with this in COMPONENT-CHECK")
    _set(verb, "a parameter of the component: --set length=4.0 --set retrieval.use=hopfield")
    _plugin(verb)
    _json(verb)


def _cache(verb: argparse.ArgumentParser) -> None:
    actions = verb.add_subparsers(dest="action", required=True, metavar="ACTION")
    _json(_verb(actions, "ls", "what is kept, the last used first"))
    clear = _verb(actions, "gc", "remove what is damaged or left of a stopped run, and what the options say")
    clear.add_argument("--days", type=_amount, metavar="N", help="what was not used for N days")
    clear.add_argument("--size", type=_amount, metavar="GB", help="the longest unused, until the rest is no larger")
    clear.add_argument("--all", action="store_true", help="everything that no run is using")
    _json(clear)
    why = _verb(actions, "why", "whether a recipe's rows are kept, and what differs from the nearest entry if not")
    _recipe(why)
    _json(why)


def _new(verb: argparse.ArgumentParser) -> None:
    kinds = verb.add_subparsers(dest="kind", required=True, metavar="KIND")
    plugin = _verb(kinds, "plugin", "a component that works, its test, and a recipe that tries it")
    plugin.add_argument("name", metavar="NAME", help="writes NAME.py, test_NAME.py and NAME.yaml into this folder")
    plugin.add_argument("--slot", required=True, metavar="SLOT", help="encoder, fusion, memory, source, protocol …")
    plugin.add_argument("--package", action="store_true", help="into a folder NAME, as a package that pip installs")
    dataset = _verb(kinds, "dataset", "a manifest of the files in a folder, and a recipe that uses it")
    dataset.add_argument("name", metavar="NAME", help="writes NAME.csv and NAME.yaml into the current folder")
    dataset.add_argument("folder", type=Path, metavar="FOLDER", help="where the files are")
    dataset.add_argument("--ratings", nargs="+", required=True, metavar="LABEL", help="the emotions that were rated")
    dataset.add_argument(
        "--sfreq",
        nargs="+",
        default=[],
        type=_rate,
        metavar="MODALITY=HZ",
        help="sampling rates, for files that do not state theirs",
    )


def _rate(text: str) -> tuple[str, float]:
    name, _, number = text.partition("=")
    try:
        rate = float(number)
    except ValueError:
        rate = 0.0
    if not name or not 0 < rate < float("inf"):
        raise argparse.ArgumentTypeError(f"a modality and its rate in Hz like ppg=64, not {text!r}")
    return name, rate


def _recipe(verb: argparse.ArgumentParser, optional: bool = False) -> None:
    verb.add_argument(
        "recipe",
        type=Path,
        metavar="RECIPE",
        help="a YAML file, or the name of a shipped recipe",
        nargs="?" if optional else None,
    )
    _set(verb)
    _plugin(verb)


PATCH = "patch the recipe: --set train.epochs=3 --set objectives.prd=null"


def _set(verb: argparse.ArgumentParser, text: str = PATCH) -> None:
    verb.add_argument("--set", action="append", default=[], dest="sets", metavar="KEY=VALUE", help=text)


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


def _amount(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        raise argparse.ArgumentTypeError(f"a number from 0, not {text!r}")
    return number


def _cohort(text: str) -> int | None:
    """How many jobs are trained together; None where that is to be measured."""
    known = {"auto": None, "off": 1}
    return known[text] if text in known else _positive(text)


def _positive(text: str) -> int:
    number = int(text) if text.isdigit() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"a whole number from 1, not {text!r}")
    return number
