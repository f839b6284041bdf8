"""Annotations of EDF+ from their bytes."""

from mpcl_plugins.sources.formats.edf_annotations import parse_annotations
from mpcl_plugins.sources.formats.signal_file import Mark


def test_onsets_durations_and_texts_are_parsed() -> None:
    content = b"+0\x14\x14\x00+1.5\x1525.5\x14film\x14\x00-3\x14before\x14twice\x14\x00\x00\x00+9\x14\xc3\xa9t\xc3\xa9\x14\x00"
    assert list(parse_annotations(content)) == [
        Mark(1.5, 25.5, "film"),
        Mark(-3.0, 0.0, "before"),
        Mark(-3.0, 0.0, "twice"),
        Mark(9.0, 0.0, "été"),
    ]


def test_bytes_without_lists_have_no_annotations() -> None:
    assert list(parse_annotations(b"\x00" * 9)) == []
    assert list(parse_annotations(b"+1.5\x14film")) == []
