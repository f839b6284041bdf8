"""Features for a head, and the streams that have a memory."""

import torch
from torch.nn.functional import cosine_similarity

from mpcl_core.interfaces.data import StreamInfo, StreamState
from mpcl_core.testing.sample_data import D, K, streams
from mpcl_core.toolkit.streams import feature_width, remembered_streams, stream_features

WITHOUT = StreamState({}, torch.ones(3, D), torch.ones(3, dtype=torch.bool))


def test_width_is_that_of_the_features() -> None:
    states = {**streams(3), "plain": WITHOUT}
    infos = [StreamInfo("physiological", True), StreamInfo("behavioural", True), StreamInfo("plain", False)]
    features = stream_features(states)
    assert features.shape == (3, feature_width(infos, D)) == (3, 5 * D)
    first = states["physiological"]
    assert first.enriched is not None
    torch.testing.assert_close(features[:, : 2 * D], torch.cat([first.z, first.enriched], 1))
    torch.testing.assert_close(features[:, 4 * D :], WITHOUT.z)


def test_only_streams_with_a_memory_are_remembered() -> None:
    found = remembered_streams({"plain": WITHOUT, **streams(3)})
    assert [stream.name for stream in found] == ["physiological", "behavioural"]
    assert found[0].prototypes.shape == (K, 1, D)
    assert remembered_streams({"plain": WITHOUT}) == []


def test_cosines_are_computed_where_the_memory_does_not_state_them() -> None:
    computed = streams(3)["physiological"]
    (found,) = remembered_streams({"physiological": computed})
    cosines = cosine_similarity(found.z[:, None, None], found.prototypes, dim=-1)
    torch.testing.assert_close(found.cosines, cosines)
    computed.cosines = torch.zeros(3, K, 1)
    assert remembered_streams({"physiological": computed})[0].cosines is computed.cosines
