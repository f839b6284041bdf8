"""``mpcl verify``."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mpcl_core.interfaces.errors import UsageError, UserError
from mpcl_core.recipe.load import load
from mpcl_core.runs.layout import RECIPE, final, is_partial
from mpcl_core.runs.opening import check_run

if TYPE_CHECKING:
    from mpcl_core.runs.manifest_diff import Difference


def run(arguments: argparse.Namespace) -> int:
    """Check a run against what is here now, and its folder against itself; 1 where something differs."""
    folder: Path = arguments.run
    check_run(folder)
    if is_partial(folder):
        raise UsageError(f"{folder} is not complete: finish it with 'mpcl run --resume {final(folder)}'")
    from mpcl_core.evaluation.verification import flaws
    from mpcl_core.runs import predictions

    predictions.lock(folder)
    drift, fault = _drift(folder, arguments.plugins)
    broken = list(flaws(folder))
    lines = [*map(str, drift), *([fault] if fault else []), *map(str, broken)]
    if arguments.json:
        answer = {
            "run": str(folder),
            "same": not lines,
            "differences": [{"what": found.about, "then": found.then, "now": found.now} for found in drift],
            "fault": fault,
            "flaws": [{"file": flaw.file, "what": flaw.what} for flaw in broken],
        }
        sys.stdout.write(json.dumps(answer, indent=1, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write("".join(f"{line}\n" for line in lines or [f"{folder}: nothing differs"]))
    return 1 if lines else 0


def _drift(folder: Path, plugins: Sequence[Path]) -> tuple[Sequence["Difference"], str]:
    """What is not as it was; where that cannot be told, why."""
    from rich.console import Console

    from mpcl_core import app

    try:
        checked = app.check(load(folder / RECIPE), plugins)
        return app.verify(checked, folder, Console(stderr=True)), ""
    except UserError as error:
        return (), f"what would run today cannot be told: {error}"
