"""Turn questionnaires that state both times and scores into events and scores."""

from collections.abc import Sequence
from pathlib import Path

from mpcl_core.interfaces.data import RatedStretch
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.scaffold.events import EventTable, TableEvent
from mpcl_core.scaffold.questionnaire import Key, Scale, Scores, score_labels


def make_events(stretches: Sequence[RatedStretch], folder: Path) -> EventTable:
    """Return the stretches as a table of events.

    Args:
        stretches: the stretches.
        folder: where they come from, for errors.

    Returns:
        The table, without sessions.
    """
    events: dict[tuple[str, str], list[TableEvent]] = {}
    for stretch in stretches:
        times = (f"{stretch.start:.10g}", f"{stretch.stop:.10g}", "")
        event = TableEvent(stretch.name, *times, stretch.condition, "", None)
        events.setdefault((stretch.subject, ""), []).append(event)
    return EventTable(folder, False, events)


def make_scores(stretches: Sequence[RatedStretch], labels: Sequence[str], scale: Scale) -> Scores:
    """Return the scores of the labels.

    Args:
        stretches: the stretches.
        labels: items, or names of sums.
        scale: how items become labels.

    Returns:
        The scores by subject and trial.

    Raises:
        UsageError: no questionnaire has an item of a label, or a score is not on the scale.
    """
    known = dict.fromkeys(item for stretch in stretches for item in stretch.scores)
    needed = [item for label in labels for item in scale.items(label)]
    if strange := [item for item in (*needed, *scale.reversed_items) if item not in known]:
        raise UsageError(f"the questionnaires have no item '{strange[0]}'. They have: {', '.join(known)}")
    for stretch in stretches:
        _check_scale(stretch, needed, scale)
    of: dict[Key, dict[str, float]] = {
        (stretch.subject, stretch.name): score_labels(
            {item: scale.count(item, score) for item, score in stretch.scores.items()}, labels, scale
        )
        for stretch in stretches
    }
    return Scores(("subject", "trial"), of)


def _check_scale(stretch: RatedStretch, items: Sequence[str], scale: Scale) -> None:
    for item in items:
        score = stretch.scores.get(item, scale.floor)
        if not scale.floor <= score <= scale.ceiling:
            raise UsageError(
                f"the questionnaire of {stretch.subject}, {stretch.name}, has {item} {score:g}, which is not on the "
                f"scale from {scale.floor:g} to {scale.ceiling:g}; state the scale of the items: --scale LOW HIGH"
            )
