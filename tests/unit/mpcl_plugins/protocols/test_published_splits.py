"""Named splits have the stated sizes and never change."""

import hashlib
import json
from collections import Counter

from mpcl_plugins.protocols._published_splits import DMER_SUBJECTS, NAMED_SPLITS


def test_split_of_dmer_has_the_published_sizes() -> None:
    split = NAMED_SPLITS["dmer_seeded_48_12_13"]
    assert Counter(split.values()) == {"train": 48, "validation": 12, "test": 13}
    assert list(split) == [str(number) for number in DMER_SUBJECTS]
    assert len(DMER_SUBJECTS) == 73


def test_split_never_changes() -> None:
    text = json.dumps(NAMED_SPLITS["dmer_seeded_48_12_13"], sort_keys=True)
    assert hashlib.sha256(text.encode()).hexdigest()[:12] == "0717d73b3d1e"
