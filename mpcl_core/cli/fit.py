"""Train a model on all windows of a recipe: ``mpcl fit``."""

import argparse
from pathlib import Path

from mpcl_core.cli.options import add_device, add_no_plugins, add_recipe, positive

HELP = "train a model on all windows of a recipe, for use"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    add_recipe(parser)
    parser.add_argument("--variant", metavar="NAME", help="the variant; needed where the recipe has several")
    parser.add_argument("--out", type=Path, required=True, metavar="MODEL", help="the model folder to write")
    parser.add_argument(
        "--seeds",
        type=positive,
        default=1,
        metavar="N",
        help="train N networks with the seeds 0 to N-1, and average their predictions (default 1)",
    )
    parser.add_argument(
        "--evaluated-by",
        type=Path,
        metavar="RUN",
        help="a run of the same recipe, whose grade and scores the model card states",
    )
    add_device(parser)
    add_no_plugins(parser)


def run(arguments: argparse.Namespace) -> int:
    """Train the model, and write its folder.

    Returns:
        0.

    Raises:
        UsageError: the folder exists, there is no such variant, or the run evaluated something else.
        RecipeError: the recipe has faults.
        DataError: the data are not what they should be.
    """
    from mpcl_core.recipe.load import load

    recipe = load(arguments.recipe, arguments.sets)
    from mpcl_core.app.inspection.checking import check
    from mpcl_core.app.model_folders.fitting import fit
    from mpcl_core.cli.messages import message_printer, plugin_consent

    checked, show = check(recipe, arguments.plugins, plugin_consent(arguments).trust_runs()), message_printer()
    device = arguments.device or "auto"
    fit(checked, arguments.out, arguments.variant, arguments.seeds, device, arguments.evaluated_by, show)
    show(f"The model is in {arguments.out}. Use it: mpcl predict {arguments.out} RECORDING")
    return 0
