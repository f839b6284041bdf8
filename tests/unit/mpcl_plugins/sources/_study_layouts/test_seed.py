"""Test the electrodes of the SEED family."""

from mpcl_plugins.sources._study_layouts.seed import EEG


def test_there_are_62_electrodes() -> None:
    assert len(EEG) == len(set(EEG)) == 62
