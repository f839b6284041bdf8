"""A live prediction as plain values."""

import json

from mpcl_core.model.stream.live_prediction import LivePrediction
from mpcl_core.model.stream.signal_quality import SignalQuality


def test_prediction_is_written_as_json() -> None:
    quality = {"eeg": SignalQuality(0.5, 0.0)}
    made = LivePrediction({"window": 3, "joy": 0.75, "fear": 0.25}, ("joy", "fear"), quality, 0.01234)
    assert made.distribution == [0.75, 0.25]
    assert json.loads(json.dumps(made.as_json())) == {
        "window": 3,
        "joy": 0.75,
        "fear": 0.25,
        "signal_eeg": "gaps",
        "received_eeg": 0.5,
        "delay": 0.0123,
    }
