"""Predict recordings with a stored model: ``mpcl predict``."""

import argparse
import sys
from pathlib import Path

from mpcl_core.cli.options import add_plugin, add_rates, add_set, add_trust

HELP = "predict recordings with a stored model, with or without ratings"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    parser.add_argument("model", type=Path, metavar="MODEL", help="a model folder, such as RUN/jobs/V/S/F/model")
    parser.add_argument(
        "input", metavar="INPUT", help="a recording, a folder of recordings, a manifest (.csv, .tsv) or a recipe"
    )
    parser.add_argument(
        "--subjects", nargs="+", default=[], metavar="ID", help="predict these people only (default: all)"
    )
    parser.add_argument("--by", choices=("window", "trial"), default="window", help="a row for each (default window)")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="write .csv, .json or .parquet (default: CSV on standard output)"
    )
    add_rates(parser)
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
    from mpcl_core.app.loading_models import load_model
    from mpcl_core.app.predicting import predict
    from mpcl_core.cli.messages import message_printer, plugin_consent
    from mpcl_core.runs.atomic_files import write_atomically
    from mpcl_core.toolkit.table_file import check_table_file, format_table

    if arguments.out is not None:
        check_table_file(arguments.out)
    model = load_model(arguments.model, arguments.plugins, plugin_consent(arguments))
    predictions = predict(model, arguments.input, arguments.subjects, arguments.sets, dict(arguments.rates))
    table = predictions.by_trial() if arguments.by == "trial" else predictions.columns()
    if arguments.out is None:
        sys.stdout.write(format_table(table, ".csv").decode())
    else:
        write_atomically(arguments.out, format_table(table, arguments.out.suffix))
        rows = len(next(iter(table.values())))
        message_printer()(f"{rows} rows, {len(model.labels)} emotions: {arguments.out}")
    return 0
