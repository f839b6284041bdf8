"""Cut the recordings of a study into trials, and join them with the scores of a questionnaire."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol, runtime_checkable

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.scaffold.events import EventTable, StartLike
from mpcl_core.scaffold.questionnaire import Scores

Files = Mapping[str, Path]
"""Column of the manifest -> file."""
_N_EXAMPLES = 5


@runtime_checkable
class EventLike(Protocol):
    """Describe a stretch that files mark, as the source `folder` finds it."""

    @property
    def start(self) -> float:
        """Return the seconds from the first start of the recording's files."""

    @property
    def stop(self) -> float | None:
        """Return where it ends; None where that is unknown."""

    @property
    def name(self) -> str:
        """Return its name."""


@dataclass(frozen=True)
class Trial:
    """Hold a row of the manifest.

    Args:
        subject, session, trial, condition, stimulus: '' where unknown.
        start, stop: seconds as they are written; '' for the whole recording.
        files: column -> file.
        scores: label -> score.
    """

    subject: str
    session: str
    trial: str
    files: Files
    condition: str = ""
    stimulus: str = ""
    start: str = ""
    stop: str = ""
    scores: Mapping[str, float] = field(default_factory=dict)

    def cut(self, name: str, start: float, stop: float | None, *, is_only: bool) -> "Trial":
        """Return a stretch of this recording as a trial of its own.

        Args:
            name: of the stretch.
            start: seconds from the start of the recording.
            stop: where it ends; None for the end of the recording.
            is_only: whether the subject has no other recording in this session; otherwise the trial keeps its name.

        Returns:
            The trial.
        """
        trial = name if is_only else f"{self.trial}_{name}"
        return replace(self, trial=trial, start=f"{start:.10g}", stop="" if stop is None else f"{stop:.10g}")


def cut_by_files(trials: Sequence[Trial], find_events: Callable[[Files], Sequence[EventLike]]) -> list[Trial]:
    """Cut recordings at what their files mark.

    Args:
        trials: the recordings.
        find_events: finds the stretches that the files of a recording mark.

    Returns:
        The trials.

    Raises:
        UsageError: no file marks anything.
    """
    only = _only(trials)
    cut = [
        recording.cut(event.name, event.start, event.stop, is_only=only[recording.subject, recording.session])
        for recording in trials
        for event in find_events(recording.files)
    ]
    if not cut:
        raise UsageError("the files mark no trials: no annotation, tag, marker or event. State a table: --events TABLE")
    return cut


def cut_by_table(
    trials: Sequence[Trial], table: EventTable, find_first_start: Callable[[Files], StartLike | None]
) -> list[Trial]:
    """Cut recordings at the events of a table.

    Args:
        trials: the recordings.
        table: the events.
        find_first_start: finds the absolute time at which a recording starts.

    Returns:
        The trials.

    Raises:
        UsageError: the table has no event of any recording, or a subject has several recordings in one session.
    """
    if shared := [trial for trial in trials if not _only(trials)[trial.subject, trial.session]]:
        raise UsageError(
            f"{shared[0].subject} has several recordings in one session, and the table does not state which of them an "
            f"event belongs to. Put each into a folder of its own session."
        )
    cut = []
    for recording in trials:
        events = table.of(recording.subject, recording.session)
        first = find_first_start(recording.files) if events else None
        for event in events:
            trial = recording.cut(event.name, *table.seconds(event, first), is_only=True)
            cut.append(replace(trial, condition=event.condition, stimulus=event.stimulus))
    if not cut:
        in_table = _some([subject for subject, _ in table.events])
        raise UsageError(f"{table.path} names {in_table}, but the files are of {_some([t.subject for t in trials])}")
    return cut


def join_scores(trials: Sequence[Trial], scores: Scores) -> tuple[list[Trial], list[str]]:
    """Add the scores of a questionnaire to trials.

    Args:
        trials: the trials.
        scores: the scores.

    Returns:
        The trials with their scores, and lines about what has no counterpart.

    Raises:
        UsageError: no trial has a score.
    """
    keys = [scores.key({"subject": t.subject, "session": t.session, "trial": t.trial}) for t in trials]
    unrated = [" ".join(key) for key in keys if key not in scores.of]
    unused = [" ".join(key) for key in scores.of if key not in keys]
    if len(unrated) == len(trials):
        message = f"no trial has scores: the table has {_some(unused)}, the files have {_some(unrated)}"
        raise UsageError(f"{message} ({', '.join(scores.columns)}). Write the same names into the table")
    lines = [f"No scores for {len(unrated)} of {len(trials)} trials: {_some(unrated)}."] if unrated else []
    if unused:
        lines.append(f"Scores without a recording: {len(unused)} of {len(scores.of)}: {_some(unused)}.")
    return [replace(t, scores=scores.of.get(key, {})) for t, key in zip(trials, keys, strict=True)], lines


def _only(trials: Sequence[Trial]) -> dict[tuple[str, str], bool]:
    keys = [(trial.subject, trial.session) for trial in trials]
    return {key: keys.count(key) == 1 for key in keys}


def _some(names: Sequence[str]) -> str:
    distinct = list(dict.fromkeys(names))
    return ", ".join(distinct[:_N_EXAMPLES]) + (" …" if distinct[_N_EXAMPLES:] else "")
