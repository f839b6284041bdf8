"""Export a model as one graph: ``mpcl export``."""

import argparse
import json
import sys
from pathlib import Path

from mpcl_core.cli.options import add_plugin, add_rates, add_set, add_trust

HELP = "export a model, transforms and network in one graph, for torch or ONNX Runtime"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    parser.add_argument("model", type=Path, metavar="MODEL", help="a model folder, such as RUN/jobs/V/S/F/model")
    parser.add_argument(
        "input",
        nargs="?",
        metavar="INPUT",
        help="compare file and model on these recordings, as for mpcl predict (default: 1,000 windows of noise)",
    )
    parser.add_argument("--format", choices=("torch", "onnx"), default="onnx", help="the kind of file (default onnx)")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="a .pt2 file for torch or an .onnx file (default for onnx: into MODEL, which then predicts with it)",
    )
    add_rates(parser)
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    add_set(parser)
    add_plugin(parser)
    add_trust(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the file and print how far its predictions differ from those of the model.

    Returns:
        0.

    Raises:
        UsageError: the model cannot be exported; names the component.
        DataError: the input is not what the model takes, or the file predicts something else than the model.
    """
    from mpcl_core.app.model_folders.exporting import export_into_folder, export_model
    from mpcl_core.app.prediction.model_input import ModelInput
    from mpcl_core.app.prediction.predicting import input_windows
    from mpcl_core.cli.messages import message_printer, open_model
    from mpcl_core.interfaces.errors import UsageError

    if arguments.out is None and arguments.format == "torch":
        raise UsageError("name the file with --out FILE.pt2")
    model = open_model(arguments)
    windows = []
    if arguments.input is not None:
        stated = ModelInput(arguments.input, (), arguments.sets, dict(arguments.rates), message_printer())
        windows = list(input_windows(model, stated))
    if arguments.out is None:
        exported = export_into_folder(model, arguments.model, windows)
    else:
        exported = export_model(model, arguments.format, arguments.out, windows)
    if arguments.json:
        values = {"file": str(exported.path), "difference": exported.difference, "windows": exported.windows}
        values |= {"takes_one_person": exported.takes_one_person, "fastest_size": exported.fastest_size}
        sys.stdout.write(json.dumps(values) + "\n")
        return 0
    sys.stdout.write(
        f"{exported.path}\nLargest difference from the model: {exported.difference:.1e}, on {exported.windows} windows "
        "with modalities absent at random.\n"
    )
    if exported.takes_one_person:
        sys.stdout.write("A call takes all windows of one person, who is normalised by them.\n")
    if exported.fastest_size is not None:
        sys.stdout.write(f"Quicker than the network for up to {exported.fastest_size} windows (of 1, 8 and 64).\n")
    return 0
