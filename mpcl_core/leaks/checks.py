"""Run all checks of a study: those of its windows, and experiments in fresh processes."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from mpcl_core.data.plan import Study
from mpcl_core.leaks import coded_channels, job_findings, neighbours, preparation, shared_windows, shuffled_labels
from mpcl_core.leaks.finding import Observation
from mpcl_core.leaks.fresh_process import Call, call_in_fresh_processes
from mpcl_core.leaks.job_experiments import JobExperiments
from mpcl_core.leaks.traced_job import ContextOpener, run_experiment
from mpcl_core.spec.variant import VariantSpec


def check_study(
    study: Study,
    experiments: JobExperiments,
    specs: Mapping[str, VariantSpec],
    opener: ContextOpener,
    modules: Sequence[str],
    on_message: Callable[[str], None],
) -> Iterator[Observation]:
    """Run all checks of a study.

    Args:
        study: its windows and folds.
        experiments: the planned experiments with its jobs.
        specs: its variants, baselines included.
        opener: opens the recipe in another process.
        modules: what every job imports.
        on_message: called with a line for each check.

    Yields:
        Findings and notes.
    """
    on_message("(a, d) windows, trials and subjects on both sides of a fold")
    yield from shared_windows.find_shared_windows(study)
    on_message("(f) nearest neighbours")
    yield from neighbours.find_near_trials(study)
    on_message("(g) channels that state the trial, the time or the label")
    yield from coded_channels.find_coded_channels(study)
    spec = specs[study.variants[-1]]  # all have the same source and prepare list
    preparations = preparation.plan_preparations(spec, study) if spec.prepare else {}
    shuffled = shuffled_labels.plan_shuffled_jobs(study, experiments.variants, experiments.seed)
    calls = {
        "(e) shuffled labels": {
            str(number): Call(run_experiment, (opener, jobs)) for number, jobs in enumerate(shuffled, 1)
        },
        "(b, c, d) jobs": {name: Call(run_experiment, (opener, jobs)) for name, jobs in experiments.jobs().items()},
        "(b, e) prepare": {
            name: Call(preparation.prepare_subset, (opener, spec.name, subset)) for name, subset in preparations.items()
        },
    }
    results = call_in_fresh_processes(calls, [*modules, run_experiment.__module__, "sklearn.neighbors"], on_message)
    shuffled_traces, job_traces, prepared = results.values()
    yield from shuffled_labels.find_label_knowledge(shuffled, list(shuffled_traces.values()))
    yield from job_findings.find_job_leaks(experiments, specs, job_traces)
    if preparations:
        yield from preparation.find_preparation_leaks(study, spec, prepared)
