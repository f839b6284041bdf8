"""The modality that a transform names is found, or refused with a similar name."""

import pytest

from mpcl_core.interfaces.data import Modality
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.transforms._modality import require_modality

MODALITIES = (Modality("eeg", 2, None, 128.0), Modality("face", 3, 17, None))


def test_modality_is_found_by_its_name() -> None:
    assert require_modality(MODALITIES, "face") is MODALITIES[1]


def test_unknown_modality_is_refused_with_a_similar_one() -> None:
    with pytest.raises(DataError, match=r"faces: no such modality\. Did you mean 'face'\? There are: eeg, face"):
        require_modality(MODALITIES, "faces")
