"""Make the tables, figures and report of a run again, and compare them with those in its folder."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from mpcl_core.app.running.summary_files import robustness_text, summary_texts
from mpcl_core.evaluation.run import Run
from mpcl_core.interfaces.errors import UserError, describe_error
from mpcl_core.reporting.figures import draw
from mpcl_core.runs import layout
from mpcl_core.runs.finished_jobs import UNREADABLE
from mpcl_core.runs.integrity import FileProblem

OTHER = "differs from what the stored predictions give"


def find_outdated_files(run: Run) -> Iterator[FileProblem]:
    """Yield the tables, figures and the report that the files of a run's jobs do not give.

    Args:
        run: the run; the files of its jobs are sound.

    Yields:
        The problems; figures that the run did not draw are not compared.
    """
    try:
        texts = {**summary_texts(run), **_robustness(run), layout.REPORT: _report(run)}
        figures = list(_outdated_figures(run))
    except (*UNREADABLE, UserError) as error:
        yield FileProblem(layout.REPORT, f"tables, figures and report cannot be made again: {describe_error(error)}")
        return
    for name, text in texts.items():
        if not (run.path / name).is_file():
            yield FileProblem(name, "missing")
        elif (run.path / name).read_bytes().decode(errors="replace").splitlines() != text.splitlines():
            yield FileProblem(name, OTHER)
    yield from figures


def _robustness(run: Run) -> dict[str, str]:
    return {layout.ROBUSTNESS_CSV: robustness_text(run)} if run.robustness else {}


def _report(run: Run) -> str:
    from mpcl_core.reporting.report.page import build_page

    return build_page(run)


def _outdated_figures(run: Run) -> Iterator[FileProblem]:
    stored = {file.name: file for file in sorted((run.path / layout.FIGURES).glob("*.svg"))}
    if not stored:
        return
    with TemporaryDirectory() as folder:
        drawn = {file.name: file.read_bytes() for file in draw(run, Path(folder))}
    for name in sorted({*stored, *drawn}):
        place = f"{layout.FIGURES}/{name}"
        if name not in stored:
            yield FileProblem(place, "missing")
        elif stored[name].read_bytes() != drawn.get(name):
            yield FileProblem(place, OTHER)
