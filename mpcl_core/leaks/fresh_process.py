"""Call functions in processes of their own, in which nothing was fitted before."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mpcl_core.interfaces.errors import PluginError, UserError
from mpcl_core.jobs.worker_pool import Ended, WorkerPool


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
    results: dict[str, dict[str, Any]] = {kind: dict.fromkeys(named) for kind, named in calls.items()}
    waiting = [(kind, name) for kind, named in calls.items() for name in named]
    number, total = 0, len(waiting)
    with WorkerPool(_count_processors(), modules, is_fresh=True) as pool:
        while waiting or pool.is_busy:
            while waiting and pool.has_room:
                kind, name = waiting.pop(0)
                pool.start((kind, name), _execute, calls[kind][name])
            for ended in pool.wait():
                kind, name = ended.key
                results[kind][name] = _result(ended)
                number += 1
                on_message(f"[{number}/{total}] {kind}: {name}")
    return results


def _result(ended: Ended) -> object:
    if ended.death is not None:
        raise PluginError("a process of the audit ended before its job did; check that there is enough memory")
    if isinstance(ended.result, _Failure):
        raise PluginError(ended.result.message)
    return ended.result


def _execute(call: Call) -> object:
    try:
        return call.function(*call.arguments)
    except UserError as error:  # some cannot be pickled
        return _Failure(str(error))


def _count_processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
