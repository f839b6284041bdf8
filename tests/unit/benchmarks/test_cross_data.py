"""The second study brings signals without ratings, and no fold is tested on it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cross_data import LOSOWithUnrated, WithUnrated
from mpcl_core.interfaces.components import Source
from mpcl_core.interfaces.data import Modality, Recording, Signal, WindowSet
from mpcl_core.interfaces.errors import DataError

GSR = Modality("gsr", 1, None, 4.0)
WINDOWED = replace(GSR, n_times=4)


class Tiny(Source):
    """Provide a recording of one second for each of some people."""

    name = "tiny"
    labels = ("joy", "fear")

    def __init__(self, people: str, *, modality: Modality = GSR) -> None:
        self.people, self.modality = people, modality

    @property
    def modalities(self) -> tuple[Modality, ...]:
        return (self.modality,)

    @property
    def files(self) -> tuple[Path, ...]:
        return (Path(f"{self.people}.csv"),)

    def load(self) -> Iterator[Recording]:
        for number, person in enumerate(self.people):
            values = np.full((1, 4), number, np.float32)
            yield Recording({"gsr": Signal(values, 4.0)}, np.array([0.9, 0.1]), person, "film")


def windows_of(source: Source) -> WindowSet:
    recordings = list(source.load())
    X = np.stack([recording.signals["gsr"].values for recording in recordings])
    return WindowSet(
        (WINDOWED,),
        {"gsr": X},
        {"gsr": np.ones(len(X), bool)},
        np.stack([recording.D for recording in recordings]),
        source.labels,
        subject=np.array([recording.subject for recording in recordings]),
        trial=np.array([recording.trial for recording in recordings]),
    )


def test_recordings_of_the_second_study_have_a_uniform_distribution_and_other_names() -> None:
    found = [(one.subject, one.D.tolist()) for one in WithUnrated(source=Tiny("ab"), other=Tiny("a")).load()]
    assert found == [("a", [0.9, 0.1]), ("b", [0.9, 0.1]), ("unrated:a", [0.5, 0.5])]


def test_the_study_is_described_by_the_first_source_and_files_are_those_of_both() -> None:
    source = WithUnrated(source=Tiny("ab"), other=Tiny("c"))
    assert (source.labels, source.modalities, source.valence) == (("joy", "fear"), (GSR,), None)
    assert source.notes == ("Signals of 'tiny' take part without ratings.",)
    assert source.files == (Path("ab.csv"), Path("c.csv"))


def test_studies_with_other_modalities_are_refused() -> None:
    source = WithUnrated(source=Tiny("ab"), other=Tiny("c", modality=Modality("ppg", 1, None, 64.0)))
    with pytest.raises(DataError, match="but the other study"):
        _ = source.modalities


@pytest.mark.parametrize("unrated", [True, False])
def test_each_rated_person_is_tested_once_and_the_second_study_never(unrated: bool) -> None:
    windows = windows_of(WithUnrated(source=Tiny("abcde"), other=Tiny("abc")))
    folds = list(LOSOWithUnrated(unrated=unrated).split(windows))
    assert [fold.label for fold in folds] == list("abcde")
    for fold in folds:
        assert windows.subject[fold.test].tolist() == [fold.label]
        assert sorted(windows.subject[np.r_[fold.train, fold.validation]]) == sorted(set("abcde") - {fold.label})
        assert fold.unrated.tolist() == ([5, 6, 7] if unrated else [])
