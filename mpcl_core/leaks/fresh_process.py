"""Call functions in processes of their own, in which nothing was fitted before."""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_all_start_methods, get_context
from typing import Any

from mpcl_core.interfaces.errors import PluginError, UserError


@dataclass(frozen=True)
class Call:
    """Hold a function of a module and its arguments, all of which can be pickled."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]


@dataclass(frozen=True)
class _Failure:
    message: str


def call_in_fresh_processes(
    calls: Mapping[str, Mapping[str, Call]], modules: Sequence[str], on_message: Callable[[str], None]
) -> dict[str, dict[str, Any]]:
    """Make each call in a process of its own.

    Args:
        calls: kind -> name -> call; as many run at a time as there are processors.
        modules: modules that are imported once for all processes, where the system can.
        on_message: called with a line for each call that has ended.

    Returns:
        Kind -> name -> what the function returned.

    Raises:
        PluginError: a component failed in the other process.
    """
    context = get_context("forkserver" if "forkserver" in get_all_start_methods() else "spawn")
    context.set_forkserver_preload(list(modules))
    results: dict[str, dict[str, Any]] = {kind: dict.fromkeys(named) for kind, named in calls.items()}
    with ProcessPoolExecutor(_count_processors(), mp_context=context, max_tasks_per_child=1) as pool:
        pending = {
            pool.submit(_execute, call): (kind, name) for kind, named in calls.items() for name, call in named.items()
        }
        for number, done in enumerate(as_completed(pending), 1):
            kind, name = pending[done]
            results[kind][name] = _result(done, pool)
            on_message(f"[{number}/{len(pending)}] {kind}: {name}")
    return results


def _result(done: Future[object], pool: ProcessPoolExecutor) -> object:
    try:
        result = done.result()
    except BrokenProcessPool:
        result = _Failure("a process of the audit ended before its job did; check that there is enough memory")
    if isinstance(result, _Failure):
        pool.shutdown(wait=False, cancel_futures=True)
        raise PluginError(result.message)
    return result


def _execute(call: Call) -> object:
    try:
        return call.function(*call.arguments)
    except UserError as error:  # some cannot be pickled
        return _Failure(str(error))


def _count_processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
