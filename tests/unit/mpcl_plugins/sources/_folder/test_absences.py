"""Describe recordings without files and subjects without recordings."""

from pathlib import Path

from mpcl_plugins.sources._folder.absences import describe_lost_subjects, describe_missing_files
from mpcl_plugins.sources._folder.manifest import ManifestEntry
from mpcl_plugins.sources.formats.signal_file import Stretch


def entry(subject: str, file: str) -> ManifestEntry:
    files = {"eeg": Path(file)} if file else {}
    return ManifestEntry(0, subject, "", "1", "", "", 1.0, Stretch(), files, (1.0, 2.0))


def test_recordings_without_a_file_are_named() -> None:
    entries = [entry("a", "a.csv"), entry("b", ""), entry("c", "")]
    assert describe_missing_files(entries, "eeg") == "No file in 'eeg' for 2 of 3 recordings: b/1, c/1."
    assert describe_missing_files(entries[:1], "eeg") == ""


def test_subjects_without_a_used_recording_are_named() -> None:
    entries = [entry("a", "a.csv"), entry("b", ""), entry("c", "c.csv")]
    expected = "2 subjects without any recording that has both scores and a file: b, c."
    assert describe_lost_subjects(entries, entries[:2]) == expected
    assert describe_lost_subjects(entries[:1], entries[:1]) == ""
