"""A replayed recording gives the predictions that the recording gives."""

from math import inf
from typing import Any

import numpy as np
import pytest

from mpcl_core.data.prepare import prepare_parts
from mpcl_core.interfaces.data import Recording
from mpcl_core.model.matched_source import MatchedSource
from mpcl_core.model.stream.replay import Replay
from mpcl_core.model.table import join_predictions
from mpcl_plugins.transforms.bandpass import Bandpass
from mpcl_plugins.transforms.resample import Resample
from mpcl_plugins.transforms.statistics import Statistics
from support.live_models import Listed, live_model, prepare_of, recording


def with_dropout(made: Recording) -> Recording:
    made.signals["eeg"].values[:, 300:320] = np.nan
    return made


def with_short_signal(made: Recording) -> Recording:
    made.signals["gsr"].values = made.signals["gsr"].values[:, :27]
    return made


def without_signal(made: Recording) -> Recording:
    del made.signals["gsr"]
    return made


@pytest.mark.parametrize(
    ("change", "window", "rate"),
    [
        (with_dropout, {}, 64.0),
        (with_short_signal, {"edges": "absent"}, 64.0),
        (without_signal, {"hop": 0.3, "length": 1.7}, 64.0),
        (with_dropout, {}, 25.0),
        (with_dropout, {}, 96.0),
    ],
)
def test_replay_equals_prediction_of_the_recording(change: Any, window: dict[str, Any], rate: float) -> None:
    filters = [Resample(modality="eeg", sfreq=rate, causal=True), Bandpass(modality="eeg", low=2, high=12, causal=True)]
    model = live_model([*filters, *prepare_of(**window)[1:], Statistics(modality="gsr")])
    made = change(recording(8.0))
    source = MatchedSource(Listed([made]), model.description)
    parts = prepare_parts(source, [block.build() for block in model.spec.prepare])
    expected = join_predictions([model.predict_matched(part) for part in parts])
    live, columns = list(Replay(model, made, inf).run()), expected.columns()
    assert [each.row["window"] for each in live] == columns["window"]
    np.testing.assert_allclose([each.distribution for each in live], expected.D_pred, atol=1e-12)
    np.testing.assert_allclose([each.row["t_start"] for each in live], columns["t_start"])
    assert [each.row["flags"] for each in live] == columns["flags"]


def test_replay_at_a_speed_states_the_delay() -> None:
    replay = Replay(live_model(), recording(3.0), speed=60.0)
    live = list(replay.run())
    assert len(live) == 2
    assert all(each.delay is not None for each in live)
    assert replay.session.status()[0].received == 192
