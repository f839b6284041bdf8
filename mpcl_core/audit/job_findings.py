"""What the tried jobs of a study say: codes (b), (c) and (d)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int64

from mpcl_core.audit.finding import Finding, Notice, Remark
from mpcl_core.audit.observed_components import LEARNING, Event
from mpcl_core.audit.probe import Probe
from mpcl_core.audit.trace_comparison import mixing_model, mixing_transform, partings
from mpcl_core.audit.traced_job import Trace
from mpcl_core.audit.variant_components import components
from mpcl_core.audit.window_groups import examples
from mpcl_core.interfaces.data import Fold
from mpcl_core.spec.variant import VariantSpec

Rows = Int64[np.ndarray, "_"]
HIDDEN = "no labels"
LABELS = ("mean labels", "near labels", HIDDEN)
BOTH = ("fitted-outside (b)", "carried-state (c)")


def judged(probe: Probe, specs: Mapping[str, VariantSpec], traces: Mapping[str, Sequence[Trace]]) -> Iterator[Remark]:
    """Everything that the traces show, variant by variant.

    Args:
        probe: what was tried.
        specs: the variants.
        traces: rehearsal -> the traces of its jobs.
    """
    for place, name in enumerate(probe.variants):
        mine = {key: traces[key][place] for key in ("alone", "again", *LABELS)}
        mine |= zip(("before", "after"), traces["after"][2 * place :], strict=False)
        mine |= zip(("half", "settled", "settled half"), traces["half"][3 * place :], strict=False)
        if error := next((trace.error for key, trace in mine.items() if trace.error and key != HIDDEN), ""):
            yield Notice("not-tried", (name,), f"a job failed, so (b), (c) and (d) could not be tried: {error}")
        elif list(partings(mine["alone"], mine["again"])):
            what = "a job that is run twice gives two answers, so (b), (c) and (d) could not be tried"
            yield Notice("not-repeatable", (name,), what)
        else:
            yield from _Variant(probe, specs[name], mine).remarks()


@dataclass(frozen=True)
class _Variant:
    probe: Probe
    spec: VariantSpec
    traces: Mapping[str, Trace]

    def remarks(self) -> Iterator[Remark]:
        yield from self._untraced()
        carried = [*self._given(), *self._carried()]
        yield from carried
        yield from self._by_labels()
        if event := mixing_transform(self.traces["alone"], self.traces["half"]):
            outer = [block for block in self.spec.transforms if f"{event.key}.".startswith(f"{block.key}.")]
            yield self._mixed(str(event), any(block.build().transductive for block in outer))
        if not carried and mixing_model(self.traces["settled"], self.traces["settled half"]):
            found = components(self.spec)
            yield self._mixed("the model", any(getattr(cls, "mixes_samples", False) for cls, _ in found))

    def _untraced(self) -> Iterator[Notice]:
        events = [event for event in self.traces["alone"].events if event.method in LEARNING]
        for who in dict.fromkeys(str(event) for event in events if (event.rows < 0).any()):
            what = f"{who} learnt from rows whose weights had been changed, so that it is not known which they are"
            yield Notice("not-tried", (self.spec.name,), what)

    def _given(self) -> Iterator[Finding]:
        """Rows that a component was given to learn from, and should not have been."""
        for (who, method), rows in self._learnt(self.traces["after"]).items():
            if len(np.setdiff1d(rows, _allowed(self.probe.fold))):
                yield self._outside("fitted-outside (b)", f"'{method}' of {who}", rows)

    def _learnt(self, trace: Trace) -> dict[tuple[str, str], Rows]:
        """(Component, method) -> the study's rows that it learnt from in this job."""
        found: dict[tuple[str, str], Rows] = {}
        for event in trace.events:
            if event.method in LEARNING:
                key, rows = (_who(event), event.method), self.probe.rows.known(event.rows)
                found[key] = np.union1d(found[key], rows) if key in found else rows
        return found

    def _carried(self) -> Iterator[Finding]:
        """A component that differs when another job ran before it has something of that job's rows."""
        for event in partings(self.traces["alone"], self.traces["after"]):
            who, built = _who(event), event is not None and event.method == "built"
            seen = [rows for (learner, _), rows in self._learnt(self.traces["before"]).items() if learner == who]
            rows = np.unique(np.concatenate(seen or [self._before()]))
            slot = event.slot if event else ""
            codes = {"transform": BOTH[:1], "memory": BOTH if built else BOTH[:1]}.get(slot, BOTH[1:])
            for code in codes:
                what = f"{who} {'starts' if built else 'answers'} otherwise after another job than alone"
                yield self._outside(code, what, rows)

    def _before(self) -> Rows:
        """The fitting rows of the job that ran before."""
        return np.intersect1d(_allowed(self.probe.study.folds[self.probe.other[0]]), self.probe.rows.rows)

    def _by_labels(self) -> Iterator[Remark]:
        tried = [self.traces[labels] for labels in LABELS if not self.traces[labels].error]
        found = [event for trace in tried for event in partings(self.traces["alone"], trace)]
        for who in dict.fromkeys(map(_who, found)):
            what = f"{who} answers otherwise when the labels of the test rows are changed or hidden"
            yield self._of_test_rows("test-labels-used (d)", what)
        if error := self.traces[HIDDEN].error:
            what = f"a job failed when the labels of its test rows were hidden, so that could not be tried: {error}"
            yield Notice("not-tried", (self.spec.name,), what)

    def _mixed(self, who: str, declared: bool) -> Remark:
        what = f"{who} answers otherwise for a test row when other test rows are gone"
        if declared:
            return Notice("transductive", (self.spec.name,), f"{what}; it says so")
        return self._of_test_rows("mixed-test-rows (b)", f"{what}, and does not say so")

    def _outside(self, code: str, what: str, learnt: Rows) -> Finding:
        fold = self.probe.fold
        outside = np.setdiff1d(learnt, _allowed(fold))
        tested = outside[np.isin(outside, fold.test)]
        shown = examples(self.probe.study.windows, tested if len(tested) else outside)
        what += f": of {len(learnt)} rows that it learnt from there {len(outside)} are no fitting rows of fold"
        what += f" '{fold.label}', and {len(tested)} are its test rows"
        return Finding(code, (self.spec.name,), what, len(outside), len(learnt), shown)

    def _of_test_rows(self, code: str, what: str) -> Finding:
        rows = np.intersect1d(self.probe.fold.test, self.probe.rows.rows)
        shown = examples(self.probe.study.windows, rows)
        return Finding(code, (self.spec.name,), what, len(rows), len(rows), shown)


def _allowed(fold: Fold) -> Rows:
    return np.concatenate([fold.train, fold.validation])


def _who(event: Event | None) -> str:
    return str(event) if event else "the prediction"
