"""Predict live signals with a stored model: ``mpcl stream``."""

import argparse
import sys
from collections.abc import Callable, Iterator
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

from mpcl_core.cli.options import add_plugin, add_rates, add_set, add_trust, amount, limit

if TYPE_CHECKING:
    from mpcl_core.model.model import Model
    from mpcl_core.model.stream.live_prediction import LivePrediction
    from mpcl_core.model.stream.live_session import LiveSession

HELP = "predict live signals of LSL streams, or a recording that is replayed"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    parser.add_argument("model", type=Path, metavar="MODEL", help="a model folder, such as RUN/jobs/V/S/F/model")
    add_live_input(parser, required=True)
    parser.add_argument("--outlet", metavar="NAME", help="also send the predictions as an LSL stream of this name")
    add_plugin(parser)
    add_trust(parser)


def add_live_input(parser: argparse.ArgumentParser, required: bool) -> None:
    """Add the options that state which live signals are predicted."""
    inputs = parser.add_mutually_exclusive_group(required=required)
    inputs.add_argument(
        "--lsl",
        action="append",
        default=[],
        metavar="[MODALITY=]NAME",
        help="read the LSL stream of this name (any number of times)",
    )
    inputs.add_argument("--replay", metavar="INPUT", help="play a recording, a folder, a manifest or a recipe")
    parser.add_argument(
        "--speed", type=amount, default=1.0, metavar="N", help="of --replay: times real time; 0 plays without waiting"
    )
    parser.add_argument(
        "--subjects", action="extend", nargs="+", default=[], metavar="ID", help="of --replay: these people only"
    )
    parser.add_argument(
        "--wait", type=amount, default=1.0, metavar="S", help="of --lsl: await late samples for S seconds (default 1)"
    )
    parser.add_argument("--for", type=limit, dest="seconds", metavar="S", help="of --lsl: stop after S seconds")
    add_rates(parser)
    add_set(parser)


def live_predictions(
    model: "Model", arguments: argparse.Namespace, on_session: "Callable[[LiveSession], None]" = lambda _: None
) -> "Iterator[LivePrediction]":
    """Return the predictions of the live signals that the options of `add_live_input` state.

    Args:
        model: the model.
        arguments: the options.
        on_session: called with each session once it begins.

    Returns:
        An iterator that waits for the signals.
    """
    from mpcl_core.app.prediction.model_input import ModelInput
    from mpcl_core.app.prediction.streaming import read_lsl, replay
    from mpcl_core.cli.messages import message_printer

    show = message_printer()
    if arguments.replay is None:
        return read_lsl(model, arguments.lsl, arguments.wait, arguments.seconds, on_session, show)
    stated = ModelInput(arguments.replay, arguments.subjects, arguments.sets, dict(arguments.rates), show)
    return replay(model, stated, arguments.speed or inf, on_session)


def run(arguments: argparse.Namespace) -> int:
    """Print each prediction as a line of JSON, and what was lost on standard error.

    Returns:
        0.

    Raises:
        UsageError: the folder is no model, the model cannot predict live signals, or there is no such input.
        DataError: the input is not what the model takes.
    """
    from mpcl_core.cli.messages import message_printer, open_model
    from mpcl_core.model.stream.lsl import LslOutlet
    from mpcl_core.toolkit.printable import json_text

    model = open_model(arguments)
    has_error_bars = model.description.error_bars.radius is not None
    outlet = LslOutlet(arguments.outlet, model.labels, has_error_bars) if arguments.outlet else None
    sessions: list[LiveSession] = []
    try:
        for prediction in live_predictions(model, arguments, sessions.append):
            sys.stdout.write(json_text(prediction.as_json(), indent=None) + "\n")
            sys.stdout.flush()
            if outlet:
                outlet.send(prediction, prediction.row["t_stop"] if arguments.lsl else None)
    finally:
        for status in (status for session in sessions[-1:] for status in session.status()):
            message_printer()(status.describe())
    return 0
