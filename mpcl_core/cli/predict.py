"""Predict recordings with a stored model: ``mpcl predict``."""

import argparse
import sys
from pathlib import Path

from mpcl_core.cli.options import add_plugin, add_rates, add_set, add_trust, limit

HELP = "predict recordings with a stored model, with or without ratings"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    parser.add_argument("model", type=Path, metavar="MODEL", help="a model folder, such as RUN/jobs/V/S/F/model")
    parser.add_argument(
        "input",
        metavar="INPUT",
        help="a recording, a folder of recordings, a manifest (.csv, .tsv), a feature table or a recipe",
    )
    parser.add_argument(
        "--subjects",
        action="extend",
        nargs="+",
        default=[],
        metavar="ID",
        help="predict these people only (default: all)",
    )
    parser.add_argument("--by", choices=("window", "trial"), default="window", help="a row for each (default window)")
    parser.add_argument(
        "--stretch",
        type=limit,
        metavar="S",
        help="count each S seconds of a recording as a trial, for the course of a long one",
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="write .csv, .json or .parquet (default: CSV on standard output)"
    )
    add_rates(parser)
    parser.add_argument("--embeddings", action="store_true", help="add the embeddings of the network's streams")
    parser.add_argument(
        "--figure",
        type=Path,
        metavar="FILE",
        help="draw the predictions over time, with error bars: .svg, .png or .pdf",
    )
    add_set(parser)
    add_plugin(parser)
    add_trust(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the predictions, or write them to a file.

    Returns:
        0.

    Raises:
        UsageError: the folder is no model, or there is no such input.
        DataError: the input is not what the model takes.
    """
    from mpcl_core.app.prediction.drawing import draw_predictions
    from mpcl_core.app.prediction.model_input import ModelInput
    from mpcl_core.app.prediction.predicting import predict
    from mpcl_core.cli.messages import message_printer, open_model
    from mpcl_core.data.unused_recordings import describe_unused
    from mpcl_core.reporting.prediction_figure import check_figure_file
    from mpcl_core.runs.atomic_files import write_atomically
    from mpcl_core.toolkit.table_file import check_table_file, format_table

    if arguments.out is not None:
        check_table_file(arguments.out)
    if arguments.figure is not None:
        check_figure_file(arguments.figure)
    model = open_model(arguments)
    show = message_printer()
    stated = ModelInput(arguments.input, arguments.subjects, arguments.sets, dict(arguments.rates), show)
    predictions = predict(model, stated, arguments.embeddings, arguments.stretch)
    if predictions.radius is None:
        show(f"No error bars: {model.description.error_bars.reason}")
    for note in predictions.notes(
        model.spec.pool is not None and arguments.stretch is None, model.description.trained_on.trial_seconds
    ):
        show(note)
    if predictions.unused:
        show(f"No window: {describe_unused(predictions.unused)}")
    if arguments.figure is not None:
        draw_predictions(predictions, arguments.figure, is_cut=arguments.stretch is not None)
        show(f"Figure: {arguments.figure}")
    table = predictions.by_trial() if arguments.by == "trial" else predictions.columns()
    if arguments.out is None:
        sys.stdout.write(format_table(table, ".csv").decode())
    else:
        write_atomically(arguments.out, format_table(table, arguments.out.suffix))
        rows = len(next(iter(table.values())))
        show(f"{rows} rows, {len(model.labels)} emotions: {arguments.out}")
    return 0
