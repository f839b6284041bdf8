"""Guess subject, session and trial from the names of files."""

from pathlib import Path

import pytest

from mpcl_core.scaffold.file_names import Cell, is_bids, locate_file


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("sub-01/ses-02/eeg/sub-01_ses-02_task-film_run-3_eeg.edf", ("sub-01", "ses-02", "task-film_run-3", "eeg")),
        ("sub-A/sub-A_task-x_recording-ecg_physio.csv", ("sub-A", "", "task-x", "ecg")),
        ("sub-01_trial-7.zip", ("sub-01", "", "trial-7", "kind")),
        ("sub-01_acq-fast_eeg.edf", ("sub-01", "", "1", "eeg")),
        ("S2/S2_E4_Data.zip", ("S2", "", "S2_E4_Data", "kind")),
        ("p/a/b/t.csv", ("p", "a-b", "t", "kind")),
        ("p.csv", ("p", "", "1", "kind")),
        ("S01_t1.csv", ("S01", "", "t1", "kind")),
        ("S01_film_2.csv", ("S01", "", "film_2", "kind")),
        ("_x.csv", ("_x", "", "1", "kind")),
    ],
)
def test_file_name_gives_subject_session_trial_and_modality(file: str, expected: tuple[str, str, str, str]) -> None:
    folder = Path("data")
    assert locate_file(folder / file, folder, "kind") == Cell(*expected)


@pytest.mark.parametrize(
    "name", ["participants.tsv", "sub-01_events.tsv", "sub-01_task-a_channels.tsv", "subject1.csv"]
)
def test_tables_about_signals_are_left_out(name: str) -> None:
    assert not is_bids(Path(name))
