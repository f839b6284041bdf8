"""Find the modalities of a study from the channels of its files."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.scaffold.modalities import find_modalities, list_roles


@dataclass(frozen=True)
class Channel:
    name: str
    index: int = 0
    part: str = ""
    sfreq: float | None = 64.0
    unit: str = "V"
    role: str = "signal"
    kind: str = ""


def files(*of_each_file: list[Channel]) -> dict[Path, list[Channel]]:
    return {Path(f"{number}.edf"): channels for number, channels in enumerate(of_each_file)}


def test_channels_that_all_files_have_form_a_modality() -> None:
    (found,) = find_modalities({"eeg": files([Channel("Fz"), Channel("Cz")], [Channel("Fz"), Channel("Cz")])})
    assert (found.name, found.column, found.sfreq, found.channels) == ("eeg", "eeg", 64.0, ("Fz", "Cz"))


def test_parts_of_a_wristband_have_their_usual_names() -> None:
    channels = [Channel("bvp", part="BVP"), Channel("eda", part="EDA", sfreq=4.0)]
    assert {one.name: one.sfreq for one in find_modalities({"wrist": files(channels)})} == {"ppg": 64.0, "gsr": 4.0}


def test_channels_of_different_rates_are_different_modalities() -> None:
    found = find_modalities({"x": files([Channel("a"), Channel("b", 1, sfreq=4.0)])})
    assert sorted(one.sfreq or 0.0 for one in found) == [4.0, 64.0]
    assert len({one.name for one in found}) == 2


def test_channels_that_are_no_signals_are_left_out_and_listed() -> None:
    found = files([Channel("Fz"), Channel("Status", 1, unit="Boolean", role="events")])
    (modality,) = find_modalities({"eeg": found})
    assert modality.channels == ("Fz",)
    assert list_roles({"eeg": found}) == ("Status (events)",)


def test_the_file_that_differs_from_most_others_is_named() -> None:
    table = [Channel("subject", role="text"), Channel("happy", 1)]
    with pytest.raises(UsageError, match=r"2 of 3 have Fz at 64 Hz in V, but 2\.edf has happy at 64 Hz in V\. If it"):
        find_modalities({"signals": files([Channel("Fz")], [Channel("Fz")], table)})


def test_physio_files_of_bids_hold_several_kinds_of_signals() -> None:
    channels = files([Channel("ECG"), Channel("RSP", 1)], [Channel("ECG"), Channel("RSP", 1)])
    assert [(one.name, one.column) for one in find_modalities({"physio": channels})] == [
        ("ecg", "physio"),
        ("respiration", "physio"),
    ]
