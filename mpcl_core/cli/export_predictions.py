"""Write the predictions of a run into one table: ``mpcl export-predictions``."""

import argparse
from pathlib import Path

HELP = "write truth and prediction of every test window of a run into a .csv, .parquet or .json file"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    parser.add_argument("run", type=Path, metavar="RUN", help="the folder of a run")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="a .csv, .parquet or .json file")


def run(arguments: argparse.Namespace) -> int:
    """Write the file.

    Returns:
        0.

    Raises:
        UsageError: the run is damaged or has no predictions, or the file cannot be written.
    """
    from mpcl_core.evaluation.run import open_run
    from mpcl_core.interfaces.errors import UsageError
    from mpcl_core.runs.atomic_files import write_atomically
    from mpcl_core.toolkit.table_file import check_table_file, format_table

    check_table_file(arguments.out)
    columns = open_run(arguments.run).prediction_columns()
    if not columns:
        raise UsageError(f"{arguments.run} has no predictions: no job has finished")
    write_atomically(arguments.out, format_table(columns, arguments.out.suffix))
    return 0
