"""Calls in processes of their own, in which nothing has been fitted before."""

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
    """A function of a module, and what it is called with. All of it can be pickled."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]


@dataclass(frozen=True)
class _Failed:
    message: str


def fresh(
    calls: Mapping[str, Mapping[str, Call]], modules: Sequence[str], tell: Callable[[str], None]
) -> dict[str, dict[str, Any]]:
    """Kind -> name -> answer. Each call has a process of its own, in which nothing has been fitted before.

    Args:
        calls: kind -> name -> what to call; as many run at a time as there are processors.
        modules: imported once for all processes, where the system can.
        tell: told of each call that ends.

    Raises:
        PluginError: a component failed in the other process.
    """
    context = get_context("forkserver" if "forkserver" in get_all_start_methods() else "spawn")
    context.set_forkserver_preload(list(modules))
    answers: dict[str, dict[str, Any]] = {kind: dict.fromkeys(named) for kind, named in calls.items()}
    with ProcessPoolExecutor(_cores(), mp_context=context, max_tasks_per_child=1) as pool:
        waiting = {
            pool.submit(_answer, call): (kind, name) for kind, named in calls.items() for name, call in named.items()
        }
        for number, done in enumerate(as_completed(waiting), 1):
            kind, name = waiting[done]
            answers[kind][name] = _checked(done, pool)
            tell(f"[{number}/{len(waiting)}] {kind}: {name}")
    return answers


def _checked(done: Future[object], pool: ProcessPoolExecutor) -> object:
    try:
        answer = done.result()
    except BrokenProcessPool:
        answer = _Failed("a job of the audit ended its process; is there enough memory?")
    if isinstance(answer, _Failed):
        pool.shutdown(wait=False, cancel_futures=True)
        raise PluginError(answer.message)
    return answer


def _answer(call: Call) -> object:
    try:
        return call.function(*call.arguments)
    except UserError as error:  # some cannot be pickled
        return _Failed(str(error))


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
