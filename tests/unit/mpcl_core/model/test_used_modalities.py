"""Predictions depend on the modalities that a network encodes or an estimator takes, through all transforms."""

from dataclasses import replace

from mpcl_core.interfaces.components import FittedTransform
from mpcl_core.interfaces.data import Modality, WindowSet
from mpcl_core.model.used_modalities import used_modalities
from mpcl_plugins.estimators.knn import KNN
from mpcl_plugins.estimators.mean import Mean
from support.small_models import new_person, small_model
from support.specs import network

EEG, GSR, FACE = Modality("eeg", 4, 64, 64.0), Modality("gsr", 1, 16, 4.0), Modality("face", 2, 6, 6.0)


class Difference(FittedTransform):
    """Add the table ``difference``, of EEG and GSR."""

    name = "difference"

    def outputs(self, modalities: tuple[Modality, ...]) -> tuple[Modality, ...]:
        is_possible = {"eeg", "gsr"} <= {modality.name for modality in modalities}
        return (*modalities, Modality("difference", 1, 1)) if is_possible else modalities

    def fit(self, windows: WindowSet) -> "Difference":
        return self

    def transform(self, windows: WindowSet) -> WindowSet:
        return windows


def test_estimator_uses_all_modalities_those_that_it_names_or_none() -> None:
    assert used_modalities((EEG, GSR), (), KNN(), None) == {"eeg", "gsr"}
    assert used_modalities((EEG, GSR), (), KNN(modalities=["gsr"]), ["gsr"]) == {"gsr"}
    assert used_modalities((EEG, GSR), (), Mean(), None) == set()


def test_modalities_of_which_a_transform_computes_a_used_one_are_used() -> None:
    assert used_modalities((EEG, GSR, FACE), [Difference()], KNN(), ["difference"]) == {"eeg", "gsr"}


def test_absence_of_a_modality_that_no_stream_encodes_is_not_flagged() -> None:
    spec = network()
    model = small_model(spec=replace(spec, streams={"behavioural": spec.streams["behavioural"]}))
    predictions = model.predict(new_person())
    assert model.used == {"face"}
    assert {flag for flag in predictions.flags if flag} == {"face absent"}
    assert [note.partition(" in ")[0] for note in predictions.notes(is_pooled=False)] == ["Absent: face"]
    assert not any("eeg" in flag or "gsr" in flag for flag in predictions.by_trial()["flags"])
    assert {"present_eeg", "present_face"} <= predictions.columns().keys()
