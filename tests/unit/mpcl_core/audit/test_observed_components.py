"""Every row that a component learns from is seen, by its mark, whatever happens to it on the way."""

from dataclasses import replace
from functools import partial
from typing import ClassVar

import numpy as np
import pytest
import torch

from mpcl_core import testing
from mpcl_core.audit.trace_comparison import partings
from mpcl_core.audit.traced_job import Step, Trace, rehearse
from mpcl_core.audit.variant_components import components
from mpcl_core.audit.window_groups import MARK, Kept, kept, unmarked
from mpcl_core.interfaces.components import FittedTransform, Source
from mpcl_core.interfaces.data import Fold, WindowSet
from mpcl_core.jobs.run_context import RunContext
from mpcl_core.spec.block import Block
from mpcl_core.spec.network import NetworkSpec, StreamSpec
from mpcl_core.spec.variant import VariantSpec
from mpcl_plugins.memories.ema_bank import EmaBank
from mpcl_plugins.objectives.pcl import PCL
from mpcl_plugins.protocols.loso import LOSO
from mpcl_plugins.retrievals.hopfield import Hopfield
from mpcl_plugins.transforms.zscore import ZScore
from support.specs import block, network, train, variant_spec

WINDOWS = testing.study()
FOLD = Fold(np.arange(0, 140), np.arange(140, 190), np.arange(190, 240), "f")


class Made(Source):
    """Never asked."""

    name = "made"
    modalities = testing.MODALITIES
    labels = tuple(f"e{i}" for i in range(testing.K))

    def load(self) -> WindowSet:
        raise NotImplementedError


class Counts(FittedTransform):
    """Counts its fits in its class, by way of the instance."""

    name = "counts"
    fits: ClassVar[int] = 0

    def fit(self, windows: WindowSet) -> "Counts":
        type(self).fits += 1
        self.nth = self.fits
        return self

    def transform(self, windows: WindowSet) -> WindowSet:
        return windows.with_signals({name: values + np.float32(self.nth) for name, values in windows.X.items()})


def made(model: NetworkSpec | Block, *transforms: Block) -> VariantSpec:
    return variant_spec("net", model, block(Made), block(LOSO), transforms)


def with_memory() -> NetworkSpec:
    plain = network()
    streams = {
        name: StreamSpec(stream.encoders, stream.fusion, block(EmaBank)) for name, stream in plain.streams.items()
    }
    pcl = block(PCL, retrieval=Block(Hopfield, {"beta": 8.0}, block(PCL).place, "objectives.pcl.retrieval"))
    return replace(plain, streams=streams, objectives={**plain.objectives, "pcl": (pcl, 0.01)}, train=train())


def run(of: VariantSpec, *, times: int = 1, **changes: bool) -> tuple[Kept, list[Trace]]:
    rows = kept(WINDOWS, [FOLD], 120)
    windows, fold = rows.part(FOLD)
    step = Step("net", 0, 0, windows, fold, 2, **changes)
    return rows, rehearse(partial(RunContext, {"net": of}), [step] * times)


def test_marks_are_exact_where_they_go() -> None:
    rows = kept(WINDOWS, [FOLD], 120)
    windows, fold = rows.part(FOLD)
    assert np.array_equal(rows.known(unmarked(windows.weight)), rows.rows)
    assert np.array_equal(
        rows.known(unmarked(windows.take(fold.test).weight.astype(np.float32))), rows.rows[rows.rows >= 190]
    )
    assert unmarked(np.array([1 + 70 * MARK, 0.0, 1 + 70.5 * MARK, 0.3])).tolist() == [70, -1, -1]
    assert rows.known(np.array([-1, 10**6])).tolist() == []


def test_the_parts_of_a_fold_keep_their_sides() -> None:
    windows, fold = kept(WINDOWS, [FOLD], 120).part(FOLD)
    together = np.concatenate([fold.train, fold.validation, fold.test])
    assert np.array_equal(together, np.arange(len(windows)))
    assert 110 < len(windows) <= 120 + 36
    assert all(len(side) >= 12 for side in (fold.train, fold.validation, fold.test))


def test_what_every_component_learns_from_is_seen() -> None:
    rows, (trace,) = run(made(with_memory(), block(ZScore, scope="train")))
    assert trace.error == ""
    seen: dict[tuple[str, str], set[int]] = {}
    for event in trace.events:
        seen.setdefault((event.name, event.method), set()).update(rows.known(event.rows).tolist())
    fitting = {row for row in rows.rows.tolist() if row < 190}
    for key in [("zscore", "fit"), ("ema_bank", "observe"), ("kl", "observe")]:
        assert seen[key] == fitting, key
    assert {row for row in fitting if row < 140} <= seen["ema_bank", "updated"] <= fitting
    assert seen["zscore", "transform"] == set(rows.rows.tolist())
    assert {"linear_tokens", "concat", "hopfield", "pcl", "linear"} <= {event.name for event in trace.events}
    assert {cls for cls, _ in components(made(with_memory()))} >= {Hopfield, PCL, EmaBank}


@pytest.mark.slow
def test_a_job_that_is_repeated_is_the_same_event_by_event() -> None:
    _, (one, other) = run(made(with_memory(), block(ZScore, scope="train")), times=2, stirred=True)
    assert len(one.events) > 50
    assert list(partings(one, other)) == []


@pytest.mark.slow
def test_state_in_a_class_stays_there_and_the_first_event_that_differs_is_named() -> None:
    Counts.fits = 0
    _, (one, other) = run(made(with_memory(), block(Counts)), times=2)
    (event,) = partings(one, other)
    assert event is not None
    assert (event.name, event.method) == ("counts", "transform")


def test_only_predictions_that_differ_are_told_too() -> None:
    _, (trace,) = run(made(with_memory()))
    assert list(partings(trace, replace(trace, D_pred=trace.D_pred[::-1]))) == [None]


def test_a_stirred_network_leans_on_all_its_parts() -> None:
    from mpcl_core.interfaces.components import Head

    class Deaf(Head):
        """Starts without any influence of its input."""

        name = "deaf"

        def __init__(self, *, streams, n_outputs, dim, valence) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
            super().__init__(streams=streams, n_outputs=n_outputs, dim=dim, valence=valence)
            self.read = torch.nn.Linear(dim * len(streams), n_outputs)
            torch.nn.init.zeros_(self.read.weight)

        def forward(self, streams):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
            return self.read(torch.cat([stream.z for stream in streams.values()], 1)), {}

    lazy = made(replace(network(lr=1e-12), head=block(Deaf)))
    _, (plain,) = run(lazy)
    _, (stirred,) = run(lazy, stirred=True)
    assert plain.D_pred.std(0).max() < 1e-6
    assert stirred.D_pred.std(0).max() > 1e-3


@pytest.mark.parametrize("blind", [False, True])
def test_blind_hides_test_labels_and_no_others(blind: bool) -> None:
    from mpcl_core.interfaces.components import Estimator

    class Reads(Estimator):
        """Says what it sees."""

        name = "reads"

        def fit(self, windows):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
            assert np.isfinite(windows.D).all()
            return self

        def predict(self, windows):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
            hidden = np.isnan(windows.D).all()
            return np.tile([1.0, 0, 0, 0, 0] if hidden else [0, 1.0, 0, 0, 0], (len(windows), 1))

    _, (trace,) = run(made(block(Reads), block(ZScore, scope="train")), blind=blind)
    assert trace.error == ""
    assert trace.D_pred[:, 0 if blind else 1].all()


def test_a_job_that_fails_says_why() -> None:
    _, (trace,) = run(made(with_memory(), block(ZScore, scope="sample")))
    assert "scope 'sample'" in trace.error
    assert len(trace.D_pred) == 0
