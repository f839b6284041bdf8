"""Features and streams are chosen by what a modality measures and how fast."""

import pytest
import yaml

from mpcl_core.scaffold.feature_choice import choose_features, choose_stream


@pytest.mark.parametrize(
    ("modality", "stream"),
    [("eeg_2", "brain"), ("bvp", "heart"), ("hr", "heart"), ("temp", "skin"), ("acc", "behaviour"), ("emg", "body")],
)
def test_stream_is_the_system_that_is_measured(modality: str, stream: str) -> None:
    assert choose_stream(modality) == stream


def test_bands_lie_below_half_the_rate() -> None:
    (step,) = choose_features("eeg", 64.0).steps
    assert yaml.safe_load(step)["bands"] == [[4.0, 8.0], [8.0, 13.0], [13.0, 30.0]]
    assert "statistics" in choose_features("eeg", 10.0).steps[0]


def test_beats_are_found_before_the_wave_becomes_statistics() -> None:
    found = choose_features("bvp", 64.0)
    first, second = map(yaml.safe_load, found.steps)
    assert (first["use"], first["kind"], first["output"], second["use"]) == ("hrv", "ppg", "bvp_beats", "statistics")
    assert found.tables == ("bvp_beats", "bvp")
    assert choose_features("bvp", 4.0).tables == ("bvp",)
