"""Print what is installed and what is not: ``mpcl doctor``."""

import argparse
from typing import TYPE_CHECKING

from mpcl_core.cli.options import add_json, add_plugin, write_json

if TYPE_CHECKING:
    from mpcl_core.installed.health import Health

HELP = "print what is installed and what is not: plugins, versions, devices, extras, cache"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    add_plugin(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print what is installed and what is not.

    Returns:
        1 where something should be repaired, else 0.
    """
    from mpcl_core.installed.health import examine
    from mpcl_registry.discover import discover

    health = examine(discover(arguments.plugins).catalog)
    if arguments.json:
        write_json(health.as_json())
    else:
        _print(health)
    return 1 if health.problems else 0


def _print(health: "Health") -> None:
    from rich.table import Table

    from mpcl_core.cli.messages import SafeConsole

    extras = (
        f"{name}: {', '.join(f'{package} {version}' for package, version in extra.packages.items())}"
        + (f"\n  {extra.install}" if extra.install else "")
        for name, extra in health.extras.items()
    )
    rows = {
        "versions": ", ".join(f"{name} {version}" for name, version in health.versions.items()),
        "devices": ", ".join(health.devices),
        "threads": f"{health.threads} of torch (a job uses train.threads)",
        "plugins": ", ".join(f"{owner} ({count})" for owner, count in health.plugins.items()),
        "not loaded": "\n".join(f"{owner}: {reason}" for owner, reason in health.not_loaded.items()) or "none",
        "extras": "\n".join(extras) or "none",
        "cache": f"{health.cache or 'none'}: {health.cache_entries} studies, {health.cache_bytes / 1e6:.1f} MB",
        "notes": "\n".join(health.notes) or "none",
        "problems": "\n".join(health.problems) or "none",
    }
    table = Table(box=None, show_header=False)
    table.add_column()
    table.add_column(overflow="fold")
    for row in rows.items():
        table.add_row(*row)
    SafeConsole().print(table)
