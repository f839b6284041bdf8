"""Recipes of new data sets are YAML with the guesses in it."""

from typing import Any

import pytest
import yaml

from mpcl_core.scaffold.modalities import DeclaredModality
from mpcl_core.scaffold.recipe_text import write_recipe

EEG = DeclaredModality("eeg", "eeg", "", 128.0, "uV", ("Fz", "Cz"))
PPG = DeclaredModality("ppg", "wrist", "BVP", 64.0, "", ("bvp",))
FACE = DeclaredModality("face", "face", "", None, "", ("AU01_r", "null", "a: b"))


def recipe(*modalities: DeclaredModality, **changes: Any) -> dict[str, Any]:
    rates = [modality.sfreq or 30.0 for modality in modalities]
    text = write_recipe("my study", "my study.csv", modalities, rates, ("joy", "no"), "loso", **changes)
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def test_modalities_are_declared_as_found() -> None:
    source = recipe(EEG, PPG, FACE)["source"]
    assert source["modalities"] == {
        "eeg": {"sfreq": 128.0, "unit": "uV", "channels": ["Fz", "Cz"]},
        "ppg": {"sfreq": 64.0, "column": "wrist", "part": "BVP", "channels": ["bvp"]},
        "face": {"sfreq": 30.0, "channels": ["AU01_r", "null", "a: b"]},
    }
    assert source["labels"][0] == "joy"


def test_each_system_of_the_body_is_a_stream_of_features() -> None:
    found = recipe(EEG, PPG, FACE)
    assert [step["use"] for step in found["prepare"]] == ["window", "band_power", "hrv", "statistics", "statistics"]
    assert {name: list(stream["encoders"]) for name, stream in found["streams"].items()} == {
        "brain": ["eeg"],
        "heart": ["ppg_beats", "ppg"],
        "behaviour": ["face"],
    }
    assert "pretrain" in found["train"]
    assert found["variants"]["no_module"]["streams"] == {key: {"memory": None} for key in found["streams"]}


def test_one_stream_has_no_relations_between_streams_and_no_bank_without_them() -> None:
    found = recipe(EEG)
    assert list(found["objectives"]) == ["distribution"]
    assert "pretrain" not in found["train"]
    head = {"use": "linear", "dropout": 0.5}
    assert "memory" not in found["streams"]["brain"]
    assert found["variants"] == {"mpcl": {}, "no_module": {"head": head}}
    assert {stream["memory"]["use"] for stream in recipe(EEG, PPG)["streams"].values()} == {"tied_bank"}


@pytest.mark.parametrize(("scale", "floor", "ceiling"), [(None, 0.0, None), ((1.0, 5.0), 1.0, 5.0)])
def test_scale_is_stated_where_it_is_known(
    scale: tuple[float, float] | None, floor: float, ceiling: float | None
) -> None:
    source = recipe(EEG, scale=scale)["source"]
    assert (source["floor"], source.get("ceiling")) == (floor, ceiling)


def test_windows_hold_eight_samples_of_the_slowest_signal() -> None:
    slow = DeclaredModality("temperature", "t", "", 0.5, "degC", ("t",))
    assert recipe(EEG)["prepare"][0]["length"] == 4.0
    assert recipe(EEG, slow)["prepare"][0]["length"] == 16.0


def test_long_lists_of_other_channels_are_a_comment() -> None:
    text = write_recipe("r", "r.csv", [EEG], [128.0], ("a", "b"), "loso", [f"c{i}\n" for i in range(14)])
    assert "# no signals: c0 , c1 " in text
    assert "and 4 more" in text
    yaml.safe_load(text)


def test_many_channels_stay_within_a_readable_width() -> None:
    many = DeclaredModality("eeg", "eeg", "", 128.0, "uV", tuple(f"channel {i}" for i in range(64)))
    text = write_recipe("r", "r.csv", [many], [128.0], ("a", "b"), "loso")
    assert max(map(len, text.splitlines())) <= 120
    assert len(yaml.safe_load(text)["source"]["modalities"]["eeg"]["channels"]) == 64
