"""Compare labels of channels that devices spell in different ways: ``Fp1``, ``EEG FP1-Ref``, ``Fp1.``."""

import re
from collections.abc import Sequence

_EEG = re.compile(r"^(eeg|pol|seeg|ieeg)[\s:_-]+(?=\S)")
_REFERENCE = re.compile(r"(?<=\w)\s*[-_/]\s*(ref|le|av|ar|avg|car|org|gnd|a1|a2|a1a2|a1\+a2|m1|m2|m1m2|m1\+m2)\d?$")
_OLD_NAMES = {"t3": "t7", "t4": "t8", "t5": "p7", "t6": "p8"}
"""Electrodes of the 10-20 system that the 10-10 system renamed."""


def plain_label(label: str) -> str:
    """Return what a label names, without ``EEG``, a common reference, dots, blanks and case.

    Another kind of signal is part of the name (``EOG Fp1``), as is the second electrode of a derivation (``Fpz-Cz``).

    Args:
        label: the label of a channel.

    Returns:
        The name for comparisons.

    Example:
        >>> plain_label("EEG FP1-Ref"), plain_label("Fp1."), plain_label("EEG Fpz-Cz"), plain_label("T3")
        ('fp1', 'fp1', 'fpz-cz', 't7')
    """
    text = _REFERENCE.sub("", _without_kind(label)).strip(". ")
    return _OLD_NAMES.get(text, text)


def find_label(wanted: str, labels: Sequence[str]) -> list[str]:
    """Find the labels that a name may mean: the name itself, or else those that name the same plainly.

    Args:
        wanted: the name of a channel.
        labels: the labels of a file.

    Returns:
        The labels: one where the answer is clear, several where it is not, none where there is no such channel. Where
        both state a reference, it is the same.

    Example:
        >>> find_label("Fp1", ["EEG Fp1-A1", "EEG Fp2-A1"])
        ['EEG Fp1-A1']
    """
    if wanted in labels:
        return [wanted]
    plain, reference = plain_label(wanted), _reference(wanted)
    alike = (label for label in dict.fromkeys(labels) if label and plain_label(label) == plain)
    return [label for label in alike if not reference or _reference(label) in ("", reference)]


def _without_kind(label: str) -> str:
    text = " ".join(label.lower().replace("\0", " ").split()).strip(". ")
    return _EEG.sub("", text)


def _reference(label: str) -> str:
    found = _REFERENCE.search(_without_kind(label))
    return found.group(1) if found else ""
