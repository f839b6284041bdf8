"""Find leaks in the traces of a study's job experiments: codes (b), (c) and (d)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mpcl_core.leaks import job_experiments as experiments
from mpcl_core.leaks.finding import AuditNote, Finding, Observation
from mpcl_core.leaks.job_experiments import LABEL_EXPERIMENTS, JobExperiments
from mpcl_core.leaks.recorded_components import FITTING_METHODS, Event
from mpcl_core.leaks.trace_comparison import find_mixing_transform, first_differences, predictions_mix_windows
from mpcl_core.leaks.traced_job import JobTrace
from mpcl_core.leaks.variant_components import list_components
from mpcl_core.leaks.window_groups import Indices, describe_examples, fitting_indices
from mpcl_core.spec.variant import VariantSpec

FITTED_OUTSIDE, CARRIED_STATE = "fitted-outside (b)", "carried-state (c)"


def find_job_leaks(
    plan: JobExperiments, specs: Mapping[str, VariantSpec], traces: Mapping[str, Sequence[JobTrace]]
) -> Iterator[Observation]:
    """Find everything that the traces show, variant by variant.

    Args:
        plan: the experiments.
        specs: name -> variant.
        traces: name of an experiment -> the traces of its jobs, in the order of `JobExperiments.jobs`.

    Yields:
        Findings and notes.
    """
    for place, name in enumerate(plan.variants):
        variant = _VariantTraces.select(plan, specs[name], traces, place)
        if error := variant.first_error():
            yield AuditNote("not-tried", (name,), f"a job failed, so (b), (c) and (d) could not be checked: {error}")
        elif list(first_differences(variant.alone, variant.repeated)):
            message = "a job that is run twice has two results, so (b), (c) and (d) could not be checked"
            yield AuditNote("not-repeatable", (name,), message)
        else:
            yield from variant.find_leaks()


@dataclass(frozen=True)
class _VariantTraces:
    """Compare the traces of one variant's jobs.

    Args:
        plan, spec: the experiments and the variant.
        alone, repeated: the job by itself, twice.
        earlier, after: another job, and the examined one after it.
        half, transformed, transformed_half: with half of the test windows, with transforms that are applied before,
            and with both.
        by_labels: experiment -> the job with changed test labels.
    """

    plan: JobExperiments
    spec: VariantSpec
    alone: JobTrace
    repeated: JobTrace
    earlier: JobTrace
    after: JobTrace
    half: JobTrace
    transformed: JobTrace
    transformed_half: JobTrace
    by_labels: Mapping[str, JobTrace]

    @classmethod
    def select(
        cls, plan: JobExperiments, spec: VariantSpec, traces: Mapping[str, Sequence[JobTrace]], place: int
    ) -> "_VariantTraces":
        alone, repeated = (traces[name][place] for name in (experiments.ALONE, experiments.REPEATED))
        earlier, after = traces[experiments.AFTER_ANOTHER_JOB][2 * place : 2 * place + 2]
        half, transformed, transformed_half = traces[experiments.HALF_OF_TEST][3 * place : 3 * place + 3]
        by_labels = {name: traces[name][place] for name in LABEL_EXPERIMENTS}
        halves = (half, transformed, transformed_half)
        return cls(plan, spec, alone, repeated, earlier, after, *halves, by_labels)

    def first_error(self) -> str:
        """Return why the first failed job failed.

        Returns:
            The error; empty where no job failed.
        """
        others = [self.earlier, self.after, self.half, self.transformed, self.transformed_half]
        return next(
            (trace.error for trace in [self.alone, self.repeated, *self.by_labels.values(), *others] if trace.error), ""
        )

    def find_leaks(self) -> Iterator[Observation]:
        yield from self._unidentified_windows()
        carried = [*self._fits_on_other_windows(), *self._carried_state()]
        yield from carried
        yield from self._uses_of_test_labels()
        if event := find_mixing_transform(self.alone, self.half):
            outer = [block for block in self.spec.transforms if f"{event.key}.".startswith(f"{block.key}.")]
            yield self._mixing(str(event), any(block.build().transductive for block in outer))
        if not carried and predictions_mix_windows(self.transformed, self.transformed_half):
            classes = list_components(self.spec)
            yield self._mixing("the model", any(getattr(cls, "mixes_samples", False) for cls, _ in classes))

    def _unidentified_windows(self) -> Iterator[AuditNote]:
        events = [event for event in self.alone.events if event.method in FITTING_METHODS]
        for component in dict.fromkeys(str(event) for event in events if (event.marks < 0).any()):
            start = f"{component} is fitted on windows whose weights were changed"
            yield AuditNote("not-tried", (self.spec.name,), f"{start}, so that they cannot be identified")

    def _fits_on_other_windows(self) -> Iterator[Finding]:
        for (component, method), indices in self._fitted_windows(self.after).items():
            if len(np.setdiff1d(indices, fitting_indices(self.plan.fold))):
                yield self._outside(FITTED_OUTSIDE, f"'{method}' of {component}", indices)

    def _fitted_windows(self, trace: JobTrace) -> dict[tuple[str, str], Indices]:
        """Collect the windows that components were fitted on.

        Args:
            trace: the trace of a job.

        Returns:
            (Component, method) -> indices in the study.
        """
        fitted: dict[tuple[str, str], Indices] = {}
        for event in trace.events:
            if event.method in FITTING_METHODS:
                key, indices = (_name(event), event.method), self.plan.windows.find_indices(event.marks)
                fitted[key] = np.union1d(fitted[key], indices) if key in fitted else indices
        return fitted

    def _carried_state(self) -> Iterator[Finding]:
        """Find components that differ after another job.

        Yields:
            Findings: such a component holds something of the windows of that job.
        """
        for event in first_differences(self.alone, self.after):
            component, is_built = _name(event), event is not None and event.method == "built"
            earlier = self._fitted_windows(self.earlier).items()
            fitted = [indices for (fitted_name, _), indices in earlier if fitted_name == component]
            indices = np.unique(np.concatenate(fitted or [self._earlier_fitting_windows()]))
            for code in _codes_of_carried_state(event.slot if event else "", is_built):
                verb = "starts" if is_built else "computes"
                yield self._outside(code, f"{component} {verb} differently after another job than alone", indices)

    def _earlier_fitting_windows(self) -> Indices:
        fold = self.plan.study.folds[self.plan.earlier_job[0]]
        return np.intersect1d(fitting_indices(fold), self.plan.windows.indices)

    def _uses_of_test_labels(self) -> Iterator[Observation]:
        events = [event for trace in self.by_labels.values() for event in first_differences(self.alone, trace)]
        for component in dict.fromkeys(map(_name, events)):
            message = f"{component} changes when the labels of the test windows are changed"
            yield self._on_test_windows("test-labels-used (d)", message)

    def _mixing(self, component: str, is_declared: bool) -> Observation:
        message = f"{component} changes for a test window when other test windows are removed"
        if is_declared:
            return AuditNote("transductive", (self.spec.name,), f"{message}; this is declared")
        return self._on_test_windows("mixed-test-rows (b)", f"{message}, which is not declared")

    def _outside(self, code: str, start: str, fitted: Indices) -> Finding:
        fold = self.plan.fold
        outside = np.setdiff1d(fitted, fitting_indices(fold))
        tested = outside[np.isin(outside, fold.test)]
        examples = describe_examples(self.plan.study.windows, tested if len(tested) else outside)
        message = (
            f"{start}: of the {len(fitted)} windows that it was fitted on, {len(outside)} are no fitting windows of"
            f" fold '{fold.label}', and {len(tested)} are its test windows"
        )
        return Finding(code, (self.spec.name,), message, len(outside), len(fitted), examples)

    def _on_test_windows(self, code: str, message: str) -> Finding:
        indices = np.intersect1d(self.plan.fold.test, self.plan.windows.indices)
        examples = describe_examples(self.plan.study.windows, indices)
        return Finding(code, (self.spec.name,), message, len(indices), len(indices), examples)


def _codes_of_carried_state(slot: str, is_built: bool) -> tuple[str, ...]:
    if slot == "transform":
        return (FITTED_OUTSIDE,)
    if slot == "memory":
        return (FITTED_OUTSIDE, CARRIED_STATE) if is_built else (FITTED_OUTSIDE,)
    return (CARRIED_STATE,)


def _name(event: Event | None) -> str:
    return str(event) if event else "the prediction"
