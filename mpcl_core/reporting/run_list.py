"""Write the page of a folder of runs: a table that sorts, with a link to the report of each run."""

import os
from collections.abc import Sequence
from math import isnan
from pathlib import Path
from urllib.parse import quote

from mpcl_core.evaluation.overview import RunOverview
from mpcl_core.reporting.report.page import render
from mpcl_core.runs.layout import REPORT

SHORT = ("run", "date (UTC)", "grade", "KL ↓", "jobs", "MiB")
"""The headings that a terminal has room for."""

HEADINGS = ("run", "recipe", "date (UTC)", "grade", "variant", "KL ↓", "train mean", "subjects", "jobs", "MiB")


def describe_run(found: RunOverview, folder: Path) -> list[str]:
    """Describe a run in the cells of a line.

    Args:
        found: the run.
        folder: the folder against which its path is written.

    Returns:
        As many cells as `HEADINGS`.
    """
    date, size = f"{found.date:%Y-%m-%d %H:%M}", f"{found.size / 2**20:.1f}"
    name = _relative(found.path, folder)
    if found.fault:
        return [name, found.name, date, "unreadable", "", "", "", "", "", size]
    jobs = f"{found.n_done} of {found.n_jobs}" + ("" if found.is_complete else ", stopped")
    subjects = str(found.n_subjects or "–")
    scores = [_format_kl(found.kl, found.low, found.high), _format_kl(found.mean_kl)]
    return [name, found.name, date, found.grade, found.variant or "–", *scores, subjects, jobs, size]


def write_run_list(runs: Sequence[RunOverview], folder: Path, file: Path) -> None:
    """Write the page.

    Args:
        runs: the runs, in the order of the page.
        folder: the folder that holds them.
        file: the page; links are relative to its folder.
    """
    lines = [{"cells": describe_run(found, folder), "link": _link(found.path / REPORT, file.parent)} for found in runs]
    faults = [found.fault for found in runs if found.fault]
    content = {"title": str(folder), "head": HEADINGS, "lines": lines, "faults": faults}
    file.write_text(render("run_list.html", content), encoding="utf-8")


def _link(report: Path, folder: Path) -> str:
    return quote(_relative(report, folder)) if report.is_file() else ""


def _relative(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path, folder)).as_posix()


def _format_kl(value: float, low: float = float("nan"), high: float = float("nan")) -> str:
    if isnan(value):
        return "–"
    return f"{value:z.4f}" + ("" if isnan(low) else f" [{low:z.4f}, {high:z.4f}]")
