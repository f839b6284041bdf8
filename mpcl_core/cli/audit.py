"""Look for leaks in a recipe or a run: ``mpcl audit``."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from mpcl_core.cli.options import add_consent, add_json, add_plugin, add_set, write_json

if TYPE_CHECKING:
    from mpcl_core.leaks.finding import AuditReport

HELP = "look for leaks in a recipe or a run; exit code 1 if there is one, or if something could not be checked"

SCOPE = (
    "An audit finds accidents. It cannot find code that means to cheat, nor labels that a source wrote into a signal."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    parser.add_argument("what", metavar="RECIPE|RUN", help="a recipe, or the folder of a run")
    add_set(parser)
    add_plugin(parser)
    add_consent(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the leaks that were found; those of a run are also stored in its folder.

    Returns:
        1 where there is a leak or something could not be checked, else 0.

    Raises:
        UsageError: the folder is no run, or a run is to be patched.
    """
    from mpcl_core.app.auditing import audit
    from mpcl_core.cli.messages import message_printer, plugin_consent
    from mpcl_core.runs.digests import digest_of_run

    consent = plugin_consent(arguments)
    report = audit(arguments.what, arguments.sets, arguments.plugins, message_printer(), consent)
    digest = digest_of_run(Path(arguments.what))
    if arguments.json:
        write_json({**report.as_json(), "digest": digest})
    else:
        _print(report, digest)
    return 1 if report.findings or report.unchecked else 0


def _print(report: "AuditReport", digest: str) -> None:
    from rich.table import Table
    from rich.text import Text

    from mpcl_core.cli.messages import SafeConsole
    from mpcl_core.leaks.finding import LEAK_KINDS
    from mpcl_core.toolkit.printable import printable

    console = SafeConsole()
    console.print(SCOPE)
    for study in report.studies:
        console.print(
            f"{', '.join(study['variants'])}: {study['rows']} windows, {study['folds']} folds ({study['grade']}); "
            f"jobs tried: {', '.join(study['tried'])}",
        )
    table = Table("code", "windows", "observation, effect and remedy", show_lines=True)
    for finding in report.findings:
        kind = LEAK_KINDS[finding.code]
        seen = [f"{', '.join(finding.variants)}: {finding.message}.", *finding.examples]
        lines = [*seen, f"Effect: {kind.inflates}.", f"Remedy: {kind.remedy}."]
        table.add_row(
            Text(finding.code, no_wrap=True),
            f"{finding.n_windows} of {finding.n_checked}",
            Text(printable("\n".join(lines))),
        )
    if report.findings:
        console.print(table)
    for note in report.notes:
        variants = f" ({', '.join(note.variants)})" if note.variants else ""
        console.print(f"Note: {note.code}{variants}: {note.message}.")
    count = len(report.findings)
    missing = f"; not audited: {len(report.unchecked)} (see the notes)" if report.unchecked else ""
    console.print(f"{report.name}: {count} leak{'' if count == 1 else 's'} found{missing}")
    if digest:
        console.print(f"Digest for mpcl verify --digest, now that the run holds this audit: {digest}", soft_wrap=True)
