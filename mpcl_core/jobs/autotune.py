"""Choose how many jobs of a variant are trained as a cohort, by measuring at the start of a run.

The best size depends on the network and the machine. Candidates are: one by one in all processes, cohorts of each of
`COHORT_SIZES` in all processes, and the same cohorts in a single process. Each is timed on a few real windows, in as
many processes at once as would run it (`throughput`), and the one with the least time for each job is chosen.
"""

from collections.abc import Callable, Sequence

from mpcl_core.data.plan import Study, Task
from mpcl_core.interfaces.components import NetworkComponent
from mpcl_core.interfaces.errors import describe_error
from mpcl_core.jobs.memory import free_mib
from mpcl_core.jobs.run_context import RunOpener
from mpcl_core.jobs.throughput import Throughput, measure_in_processes
from mpcl_core.jobs.workers import CohortPlan, WorkerSettings
from mpcl_core.spec.network import NetworkSpec
from mpcl_core.spec.variant import blocks

COHORT_SIZES = {"cpu": (8,), "mps": (8,), "cuda": (32, 128)}
"""Cohort sizes that are measured."""
LEAST_JOBS, LEAST_GAIN = 4, 1.1
"""With fewer jobs nothing is measured, and a smaller gain is not worth a cohort."""
MEMORY_SHARE = 0.5
"""The share of the free memory that the jobs of all cohorts may take."""

Measure = Callable[[CohortPlan, RunOpener, Sequence[Study], Sequence[Task], WorkerSettings], Throughput]


def choose_cohorts(
    opener: RunOpener,
    plan: Sequence[Study],
    tasks: Sequence[Task],
    settings: WorkerSettings,
    size: int | None,
    on_message: Callable[[str], None],
    measure: Measure = measure_in_processes,
) -> dict[str, CohortPlan]:
    """Choose how the jobs of each variant are distributed over processes.

    Args:
        opener: opens the run in a process; picklable.
        plan: the studies, with their windows.
        tasks: the jobs to run.
        settings: where they are run.
        size: how many jobs to train as a cohort; None measures.
        on_message: called with a line for each variant that was measured or cannot be trained as a cohort.
        measure: measures one candidate.

    Returns:
        Variant -> its cohorts, for the variants whose jobs are not run one by one.
    """
    chosen = {}
    specs = opener().specs
    for variant, own in _by_variant(tasks).items():
        model = specs[variant].model
        if not isinstance(model, NetworkSpec) or len(own) < LEAST_JOBS or specs[variant].search:
            continue
        if note := note_unstackable(variant, model):
            on_message(note)
            continue
        if size is not None:
            chosen[variant] = CohortPlan(min(size, len(own)), settings.jobs)
        elif cohort := _quickest(opener, plan, own, settings, on_message, measure):
            chosen[variant] = cohort
    return chosen


def _by_variant(tasks: Sequence[Task]) -> dict[str, list[Task]]:
    found: dict[str, list[Task]] = {}
    for task in tasks:
        found.setdefault(task.job.variant, []).append(task)
    return found


def unstackable_parts(model: NetworkSpec) -> list[str]:
    """List the components and settings of a network that cannot be trained as a stack of copies.

    Args:
        model: the network.

    Returns:
        The names of the components, sorted, and the keys of the settings.
    """
    classes = {block.cls for block in blocks(model)}
    names = sorted(cls.name for cls in classes if issubclass(cls, NetworkComponent) and not cls.stackable)
    settings = {"train.optimizer": model.train.optimizer is not None, "train.accumulate": model.train.accumulate > 1}
    return [*names, *(key for key, is_stated in settings.items() if is_stated)]


def note_unstackable(variant: str, model: NetworkSpec) -> str:
    """Describe why the jobs of a variant are never trained in a cohort.

    Args:
        variant: the variant.
        model: its network.

    Returns:
        A sentence; empty where they can be.
    """
    names = ", ".join(unstackable_parts(model))
    return f"{variant}: its jobs run one by one, since {names} cannot be trained in a cohort." if names else ""


def _candidates(tasks: Sequence[Task], settings: WorkerSettings) -> list[CohortPlan]:
    found = [CohortPlan(1, settings.jobs)]
    for size in COHORT_SIZES[settings.device]:
        found += [CohortPlan(min(size, len(tasks)), processes) for processes in (settings.jobs, 1)]
    return list(dict.fromkeys(found))


def _quickest(
    opener: RunOpener,
    plan: Sequence[Study],
    tasks: Sequence[Task],
    settings: WorkerSettings,
    on_message: Callable[[str], None],
    measure: Measure,
) -> CohortPlan | None:
    """Measure all candidates for a variant.

    Returns:
        The quickest that fits into memory; None where jobs are to run one by one.
    """
    variant = tasks[0].job.variant
    candidates = _candidates(tasks, settings)
    try:
        measured = {cohort: measure(cohort, opener, plan, tasks, settings) for cohort in candidates}
    except Exception as error:  # whatever makes a trial fail, the jobs can be run one by one
        on_message(f"{variant}: its jobs run one by one, since a trial failed ({describe_error(error)}).")
        return None
    windows_mib = _windows_mib(plan, tasks)
    fitting = [c for c in candidates if c.size == 1 or _fits(c, measured[c].mib, windows_mib, settings.device)]
    best = min(fitting, key=lambda cohort: measured[cohort].seconds / cohort.processes)
    one_by_one = measured[candidates[0]].seconds / candidates[0].processes
    gain = one_by_one / (measured[best].seconds / best.processes)
    if best.size == 1 or gain < LEAST_GAIN:
        return None
    processes = "one process" if best.processes == 1 else f"each of {best.processes} processes"
    on_message(
        f"{variant}: cohorts of {best.size} jobs in {processes}, {gain:.1f} x as fast as one by one; "
        f"{measured[best].mib + windows_mib:.0f} MiB a job, of which {windows_mib:.0f} are its windows."
    )
    return best


def _windows_mib(plan: Sequence[Study], tasks: Sequence[Task]) -> float:
    """Compute the memory of the signals of the largest fitting side among the jobs.

    Returns:
        MiB.
    """
    study = plan[tasks[0].study]
    folds = [study.folds[task.fold] for task in tasks]
    most = max(len(fold.train) + len(fold.validation) for fold in folds)
    return sum(values.nbytes for values in study.windows.X.values()) * most / len(study.windows) / 2**20


def _fits(cohort: CohortPlan, mib: float, windows_mib: float, device: str) -> bool:
    """Decide whether all cohorts fit into memory, each job with its windows.

    The windows of a job lie in the memory of this machine as the protocol handed them out, and once more where its
    network is trained if its transforms give it windows that no other job has.

    Args:
        cohort: the candidate.
        mib: memory of a job without its windows.
        windows_mib: memory of a job's windows.
        device: where the networks are trained.

    Returns:
        Whether they take at most `MEMORY_SHARE` of the free memory.
    """
    jobs = cohort.size * cohort.processes
    if device == "cuda":
        on_device = jobs * (mib + windows_mib) < MEMORY_SHARE * free_mib(device)
        return on_device and jobs * windows_mib < MEMORY_SHARE * free_mib("cpu")
    return jobs * (mib + 2 * windows_mib) < MEMORY_SHARE * free_mib(device)
