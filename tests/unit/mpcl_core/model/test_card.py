"""The card states what a model predicts, on what it was trained, and how it scored."""

import yaml

from mpcl_core.evaluation.error_bars import ErrorBars
from mpcl_core.interfaces.data import Modality
from mpcl_core.model.card import TAGS, metadata, model_card
from mpcl_core.model.description import Calibration, Evaluation, TrainedOn
from support.model_descriptions import described

PLAIN = described(
    kind="network",
    inputs=(Modality("eeg", 2, None, 128.0, ("Fz", "Cz"), "uV"), Modality("face", 17)),
    epochs=7,
    seed=3,
    trained_on=TrainedOn(windows=120, subjects=6),
    versions={"torch": "2.9"},
)
EVALUATION = Evaluation(
    run="runs/a", variant="main", grade="subject-independent", subjects=6, scores={"cosine": 0.91}, coverage=0.9
)


def test_card_of_a_network() -> None:
    text = model_card(PLAIN)
    assert "A network that predicts the distribution over 2 emotions: joy, fear." in text
    assert "It was trained on 120 windows of 6 people (seed 3, 7 epochs)." in text
    assert "| eeg | Fz, Cz | 128 | uV |" in text
    assert "| face | 17 | features | not stated |" in text
    assert "No scores are known of this model" in text
    assert text.endswith("torch 2.9\n")


def test_metadata_is_yaml_with_scores_where_they_are_known() -> None:
    assert yaml.safe_load(metadata(PLAIN).strip("-\n")) == {"library_name": "mpcl", "tags": list(TAGS)}
    block = yaml.safe_load(metadata(PLAIN.model_copy(update={"evaluation": EVALUATION})).strip("-\n"))
    ((result,),) = (model["results"] for model in block["model-index"])
    assert result["metrics"] == [{"type": "cosine", "value": 0.91}]


def test_scores_are_those_of_the_run() -> None:
    text = model_card(PLAIN.model_copy(update={"evaluation": EVALUATION}))
    assert "tested it on 6 people (grade: subject-independent)" in text
    assert "| cosine | 0.9100 |" in text
    assert "`kl_divergence` is in nats; lower is better." in text
    assert "held in 90.0% of the windows" in text


def test_fold_calibration_and_members_are_stated() -> None:
    changes = {
        "trained_on": TrainedOn(windows=10, subjects=0, fold="s1"),
        "calibration": Calibration(subject="p7", trials=3, windows=9, offset=(0.0, 0.0)),
        "members": 3,
        "epochs": None,
    }
    text = model_card(PLAIN.model_copy(update=changes))
    assert "It was trained on 10 windows (seed 3, the first of 3 whose predictions are averaged)." in text
    assert "calibrated to the person 'p7' with 3 rated trials" in text
    assert "the fitting windows of the fold 's1'" in text


def test_length_of_averaged_trials_is_stated() -> None:
    text = model_card(PLAIN.model_copy(update={"trained_on": TrainedOn(windows=9, subjects=2, trial_seconds=62.5)}))
    assert "lasted 62.5 s (median). Predict the course of a longer recording with `--stretch 62.5`." in text
    assert "--stretch" not in model_card(PLAIN)


def test_error_bars_or_the_reason_for_none() -> None:
    none = model_card(PLAIN.model_copy(update={"error_bars": ErrorBars(reason="too few people")}))
    assert "None: too few people." in none
    bars = ErrorBars(coverage=0.9, radius=0.125, trial_radius=0.1, people=12)
    text = model_card(PLAIN.model_copy(update={"error_bars": bars}))
    assert "within a total variation distance of 0.125 (trials: a radius of 0.100)" in text
    assert "This rests on 12 people" in text


def test_simulated_model_says_that_no_person_was_measured() -> None:
    trained_on = TrainedOn(windows=120, subjects=6, is_simulated=True)
    simulated = PLAIN.model_copy(update={"trained_on": trained_on, "evaluation": EVALUATION})
    assert "SIMULATED: no person was measured" in model_card(simulated)
    ((result,),) = (model["results"] for model in yaml.safe_load(metadata(simulated).strip("-\n"))["model-index"])
    assert result["dataset"]["type"] == "simulation"
    assert "SIMULATED" not in model_card(PLAIN)
