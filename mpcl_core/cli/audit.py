"""``mpcl audit``."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.recipe.load import load
from mpcl_core.runs.folder import check_run_folder
from mpcl_core.runs.layout import RECIPE

if TYPE_CHECKING:
    pass


def run(arguments: argparse.Namespace) -> int:
    """Look for leaks; 1 where there is one. What was seen of a run is kept in its folder, as ``audit.json``."""
    folder = _run_folder(arguments.what, arguments.sets)
    recipe = load(folder / RECIPE if folder else arguments.what, arguments.sets)
    from rich.console import Console

    from mpcl_core import app

    report = app.audit(app.check(recipe, arguments.plugins), folder, Console(stderr=True))
    if arguments.json:
        sys.stdout.write(json.dumps(report.as_json(), indent=1, ensure_ascii=False) + "\n")
    else:
        _print(report)
    return 1 if report.findings else 0


def _run_folder(what: Path, sets: list[str]) -> Path | None:
    if not what.is_dir():
        return None
    check_run_folder(what)
    if sets:
        raise UsageError("--set patches a recipe; a run is audited as it was")
    return what


def _print(report: "Report") -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from mpcl_core.audit.finding import LEAK_KINDS

    console = Console()
    for study in report.studies:
        console.print(
            f"{', '.join(study['variants'])}: {study['rows']} windows, {study['folds']} folds ({study['grade']}); "
            f"jobs tried: {', '.join(study['tried'])}",
            highlight=False,
            markup=False,
        )
    table = Table("code", "windows", "observation, effect and remedy", show_lines=True)
    for finding in report.findings:
        kind = LEAK_KINDS[finding.code]
        seen = [f"{', '.join(finding.variants)}: {finding.message}.", *finding.examples]
        lines = [*seen, f"Effect: {kind.inflates}.", f"Remedy: {kind.remedy}."]
        table.add_row(
            Text(finding.code, no_wrap=True), f"{finding.n_windows} of {finding.n_checked}", Text("\n".join(lines))
        )
    if report.findings:
        console.print(table)
    for notice in report.notices:
        variants = f" ({', '.join(notice.variants)})" if notice.variants else ""
        console.print(f"Notice: {notice.code}{variants}: {notice.message}.", highlight=False, markup=False)
    count = len(report.findings)
    console.print(f"{report.name}: {count} leak{'' if count == 1 else 's'} found", highlight=False, markup=False)
