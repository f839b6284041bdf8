"""Recognise channels that hold codes, counts or flags rather than a signal, by their names and units.

Such a channel tells which stimulus ran, or how well a sensor sat. It is an input only where a recipe names it.
"""

import re
from typing import Literal

Role = Literal["signal", "times", "events", "numbering", "text", "unreadable"]
"""What a channel holds: a signal, times or counts of samples, codes of events, numbers or flags, text, or nothing."""

_EVENTS = {"status", "trigger", "triggers", "trig", "trg", "marker", "markers", "event", "events", "annotation"}
_EVENTS |= {"annotations", "stim", "sti", "stimulus", "stimuli", "ttl", "code", "codes", "label", "labels", "condition"}
_NUMBERING = {"counter", "count", "index", "idx", "frame", "frames", "packet", "sequence", "seq", "row", "id"}
_NUMBERING |= {"quality", "battery", "batt", "confidence", "success", "interpolated", "valid", "validity", "flag"}
_NUMBERING |= {"flags", "samplenumber", "sampleindex", "packagenum", "checksum"}
_BOOLEAN = ("boolean", "bool")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def find_role(name: str, part: str = "", unit: str = "") -> Role:
    """Return what a channel holds, as far as its name and unit show.

    Args:
        name: the name of the channel; empty where the file names none.
        part: the part of the file, whose name counts where the channel has none.
        unit: its unit; ``Boolean`` is that of switches.

    Returns:
        The role; ``signal`` where nothing shows another one.

    Example:
        >>> find_role("STI 014"), find_role("Fp1"), find_role("face_id"), find_role("Status", unit="Boolean")
        ('events', 'signal', 'numbering', 'events')
    """
    words = {word.lower() for word in _WORD.findall(name or part)}
    if words & _EVENTS or unit.strip().lower() in _BOOLEAN:
        return "events"
    return "numbering" if words & _NUMBERING else "signal"
