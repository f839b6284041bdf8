"""Build the tables of the data of each study, and read the notes of the sources and the findings of an audit."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mpcl_core.evaluation.run import Run
from mpcl_core.interfaces.data import SignalClock
from mpcl_core.reporting.number_format import format_count
from mpcl_core.reporting.report.studies import describe_study
from mpcl_core.reporting.report.table import Table
from mpcl_core.runs.manifest import StudyManifest
from mpcl_core.toolkit.clock_cells import CLOCK_COLUMNS, format_clock

NOTE = (
    "The windows of a trial share its label, so the number of independent labels is that of the trials, not of the "
    "windows. Trials with equal ratings count as one distinct label."
)

CLOCK_NOTE = (
    "Signals that start after the first file of their recording, drift from the declared rate, or have gaps. All files "
    "lie on one clock; a gap is missing, not shortened."
)
_LONG = 20  # rows from which the table of clocks is folded


@dataclass(frozen=True)
class Audit:
    """Hold the findings of an audit.

    Args:
        summary: the number of leaks in a sentence.
        findings: the leaks.
        notices: observations that are not leaks, a line each.
    """

    summary: str
    findings: Sequence[Mapping[str, Any]]
    notices: Sequence[str]


def build_data_tables(run: Run) -> list[Table]:
    """Build a table of the data for each study.

    Args:
        run: the run.

    Returns:
        The tables, with the numbers of windows, trials and labels.
    """
    tables = [
        Table(f"Data, {describe_study(run, study)}", ["property", "value"], _build_rows(run, study), notes)
        for study, notes in zip(run.studies, [[NOTE], *[[]] * len(run.studies)], strict=False)
    ]
    return [*tables, *(_build_clocks(run, study) for study in run.studies if study.clocks)]


def _build_clocks(run: Run, study: StudyManifest) -> Table:
    title = f"Clocks of the signals, {describe_study(run, study)}"
    rows = [format_clock(SignalClock(**clock.model_dump())) for clock in study.clocks]
    return Table(title, CLOCK_COLUMNS, rows, [CLOCK_NOTE], is_folded=len(rows) > _LONG)


def list_source_notes(run: Run) -> list[str]:
    """List the notes of the sources on their data, each once.

    Args:
        run: the run.

    Returns:
        The notes.
    """
    return list(dict.fromkeys(note for study in run.studies for note in study.notes))


def read_audit(run: Run) -> Audit | None:
    """Read the findings of the last audit of the run.

    Args:
        run: the run.

    Returns:
        The findings; None if the run was not audited.
    """
    content = run.audit()
    if content is None:
        return None
    findings, notices = content["findings"], [_format_notice(notice) for notice in content["notices"]]
    summary = f"{format_count(len(findings), 'leak')} found." if findings else "No leak was found."
    return Audit(summary, findings, notices)


def _format_notice(notice: Mapping[str, Any]) -> str:
    variants = f" ({', '.join(notice['variants'])})" if notice["variants"] else ""
    return f"{notice['code']}{variants}: {notice['what']}."


def _build_rows(run: Run, study: StudyManifest) -> list[list[str]]:
    rows = {
        "source": _describe_source(run, study),
        **_count_tested(run, study),
        "distinct labels": f"{study.n_labels:,}",
        "windows": f"{study.n_windows:,}",
        "folds": str(study.n_folds),
        "grades of the folds": ", ".join(f"{n} {grade}" for grade, n in Counter(study.fold_grades.values()).items()),
        "emotions": ", ".join(study.labels),
        "modalities": ", ".join(study.modalities),
        "hash of the data": study.data_hash[:16],
        "hash of the split": study.split_hash[:16],
    }
    return [[name, value] for name, value in rows.items() if value]


def _describe_source(run: Run, study: StudyManifest) -> str:
    recipe = run.resolved(run.headline(study) or study.variants[0])
    name = str(recipe.get("source", {}).get("use", ""))
    return f"{name} (SIMULATED: no person was measured)" if study.is_simulated else name


def _count_tested(run: Run, study: StudyManifest) -> dict[str, str]:
    found = run.window_summary(run.headline(study))
    if found is None:
        return {}
    return {
        "tested subjects": str(found.n_subjects or "unknown"),
        "tested trials (independent labels)": f"{found.n_trials:,}" if found.n_trials else "unknown",
        "tested windows": f"{found.n_windows:,}",
    }
