"""Parse the annotations of EDF+ and BDF+ (Kemp & Olivan, 2003): lists of an onset, a duration, and texts."""

import re
from collections.abc import Iterator

from mpcl_plugins.sources.formats.signal_file import Mark

_LIST = re.compile(rb"([+-]\d+(?:\.\d*)?)(?:\x15(\d+(?:\.\d*)?))?\x14([^\x00]*)\x14\x00")
"""An onset in seconds, perhaps a duration, and the texts of one list."""


def parse_annotations(content: bytes) -> Iterator[Mark]:
    """Yield the annotations in the bytes of a channel, without the bare onsets of records.

    Args:
        content: the bytes of one or more records.

    Yields:
        The annotations, with onsets as the file states them. Lists that are written otherwise are left out.
    """
    for onset, duration, texts in _LIST.findall(content):
        for text in texts.split(b"\x14"):
            if text:
                yield Mark(float(onset), float(duration or 0), text.decode("utf-8", "replace").strip())
