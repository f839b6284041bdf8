"""Numbers of tokens by the names of their modalities."""

import pytest

from mpcl_core.interfaces.data import Modality
from mpcl_plugins.fusions._token_counts import token_counts

MODALITIES = (Modality("eeg", 4, 64, 32.0), Modality("gsr", 1, 16, 8.0))


def test_counts_are_in_recipe_order() -> None:
    assert list(token_counts(MODALITIES, (3, 4), "gsr").items()) == [("eeg", 3), ("gsr", 4)]


def test_modality_that_the_stream_lacks_is_named_with_those_it_has() -> None:
    with pytest.raises(ValueError, match="'ppg' is no modality of the stream, which has eeg, gsr"):
        token_counts(MODALITIES, (3, 4), "eeg", "ppg")


def test_a_number_is_needed_for_each_modality() -> None:
    with pytest.raises(ValueError, match="zip"):
        token_counts(MODALITIES, (3,))
