"""Windows for scikit-learn come from the cache the second time."""

import numpy as np
import pytest

from mpcl_core.app.inspection.checking import variant_specs
from mpcl_core.interfaces.components import Source
from mpcl_core.recipe.load import load
from mpcl_core.sklearn.prepared import cached_windows
from support.paths import ROOT


def test_source_is_read_once(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("MPCL_CACHE", str(tmp_path))
    spec = variant_specs(load(ROOT / "tests" / "support" / "features.yaml"))["main"]
    first = cached_windows("features", spec)

    def fail(self: Source) -> None:
        raise AssertionError("the source was read again")

    monkeypatch.setattr(spec.source.cls, "load", fail)
    again = cached_windows("features", spec)
    for name, values in first.X.items():
        np.testing.assert_array_equal(again.X[name], values)
