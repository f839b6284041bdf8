"""What the numbers are about: rows and labels of each study, the source's notes, and what an audit saw."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.number_format import format_count
from mpcl_core.reporting.report.result_section import headline, titled
from mpcl_core.reporting.report.table import Table
from mpcl_core.runs.manifest import StudyManifest


@dataclass(frozen=True)
class Audit:
    """What ``audit.json`` says.

    Args:
        said: in a sentence.
        findings: the leaks.
        notices: what is no leak, a line each.
    """

    said: str
    findings: Sequence[Mapping[str, Any]]
    notices: Sequence[str]


def data(run: Run) -> list[Table]:
    """A table for each study: what was measured, and how many independent labels there are."""
    notes = [
        "Independent are the labels of trials, not the windows: those of a trial share its label, so that trials, not "
        "rows, are what the data say. Trials that were rated alike make fewer distinct labels."
    ]
    return [
        Table(f"Data, {titled(run, study)}", ["what", "value"], _data(run, study), notes if number == 0 else ())
        for number, study in enumerate(run.studies)
    ]


def notes(run: Run) -> list[str]:
    """What the sources say about their data, each line once."""
    return list(dict.fromkeys(note for study in run.studies for note in study.notes))


def audit(run: Run) -> Audit | None:
    """What an audit of this run saw; None where there was none."""
    content = run.audit()
    if content is None:
        return None
    found, notices = content["findings"], [_notice(notice) for notice in content["notices"]]
    said = f"{format_count(len(found), 'leak')} found." if found else "No leak was found."
    return Audit(said, found, notices)


def _notice(notice: Mapping[str, Any]) -> str:
    variants = f" ({', '.join(notice['variants'])})" if notice["variants"] else ""
    return f"{notice['code']}{variants}: {notice['what']}."


def _data(run: Run, study: StudyManifest) -> list[list[str]]:
    rows = {
        "source": _source(run, study),
        **_tested(run, study),
        "distinct labels": f"{study.n_labels:,}",
        "rows (windows)": f"{study.n_windows:,}",
        "folds": str(study.n_folds),
        "grades of the folds": ", ".join(f"{n} {grade}" for grade, n in Counter(study.fold_grades.values()).items()),
        "emotions": ", ".join(study.labels),
        "modalities": ", ".join(study.modalities),
        "hash of the data": study.data_hash[:16],
        "hash of the split": study.split_hash[:16],
    }
    return [[name, value] for name, value in rows.items() if value]


def _source(run: Run, study: StudyManifest) -> str:
    recipe = run.resolved(headline(run, study) or study.variants[0])
    name = str(recipe.get("source", {}).get("use", ""))
    return f"{name} (SIMULATED: nobody was measured)" if study.is_simulated else name


def _tested(run: Run, study: StudyManifest) -> dict[str, str]:
    name = headline(run, study)
    found = next(run.seed_predictions(name), None) if name else None
    if found is None:
        return {}
    subjects, trials = found[1].subject.tolist(), found[1].trial.tolist()
    pairs = {(subject, trial) for subject, trial in zip(subjects, trials, strict=True) if trial}
    return {
        "tested subjects": str(len(set(subjects) - {""}) or "unknown"),
        "tested trials: independent labels": f"{len(pairs):,}" if pairs else "unknown",
        "tested rows": f"{len(found[1].D):,}",
    }
