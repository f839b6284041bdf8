"""Calibrate a stored model to a person: ``mpcl calibrate``."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from mpcl_core.cli.options import add_plugin, add_rates, add_set, add_trust

if TYPE_CHECKING:
    from mpcl_core.evaluation.error_bars import ErrorBars

HELP = "calibrate a stored model to a person with a few rated recordings"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    parser.add_argument("model", type=Path, metavar="MODEL", help="a model folder")
    parser.add_argument(
        "input",
        metavar="INPUT",
        help="a manifest or feature table with a column of scores for each emotion, or a recipe",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="MODEL", help="the model folder to write")
    parser.add_argument("--subject", metavar="ID", help="the person; needed where the input has several")
    parser.add_argument(
        "--fine-tune", action="store_true", help="also train the head, with early stopping (needs four rated trials)"
    )
    add_rates(parser)
    add_set(parser)
    add_plugin(parser)
    add_trust(parser)


def run(arguments: argparse.Namespace) -> int:
    """Calibrate the model, and write its folder.

    Returns:
        0.

    Raises:
        UsageError: the folder exists, or there are too few trials to fine-tune.
        DataError: the input is not what the model takes, or of several people.
    """
    from mpcl_core.app.model_folders.calibrating import calibrate
    from mpcl_core.app.prediction.model_input import ModelInput
    from mpcl_core.cli.messages import message_printer, open_model

    model = open_model(arguments)
    subjects = [arguments.subject] if arguments.subject else []
    rated = ModelInput(arguments.input, subjects, arguments.sets, dict(arguments.rates), message_printer())
    made = calibrate(model, arguments.model, rated, arguments.out, arguments.fine_tune)
    found = made.calibration
    assert found is not None
    largest = max(range(len(found.offset)), key=lambda number: abs(found.offset[number]))
    message_printer()(
        f"Calibrated to '{found.subject}' with {found.trials} trials; the largest change is that of "
        f"'{model.labels[largest]}' ({found.offset[largest]:+.3f} in log-ratio)"
        + (f"; the head was trained for {found.epochs} epochs" if arguments.fine_tune else "")
        + f". {_describe_error_bars(made.error_bars)}. The model is in {arguments.out}"
    )
    return 0


def _describe_error_bars(bars: "ErrorBars") -> str:
    if bars.radius is None:
        return f"It has no error bars: {bars.reason}"
    return (
        f"Its error bars: radius {bars.radius:.3f} at a coverage of {bars.coverage:.0%}, from {bars.people} held-out "
        f"people who were calibrated with {bars.trials} trial{'s' * (bars.trials > 1)}"
    )
