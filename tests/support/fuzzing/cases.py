"""Damage one file after the other, and note how it is read."""

import signal
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from support.corruption import Hang
from support.fuzzing.actions import (
    OF_CACHE,
    OF_RECIPE,
    OF_RUN,
    Action,
    command,
    figures,
    files_of_run,
    hash_files,
    load_state,
    read_cache,
    resume_training,
)
from support.fuzzing.damage import Damage
from support.fuzzing.model_actions import OF_MODEL
from support.fuzzing.world import World

SEED = 14
SECONDS = 60.0

QUICK = 300
"""Cases that are run with every test run; most of them read a file by itself instead of by a command."""

RIGHT = ("refused", "answered")

ALL_ACTIONS = (OF_RUN, OF_CACHE, OF_RECIPE)
QUICK_ACTIONS = ((files_of_run,), (read_cache, command("cache", "ls")), (command("show", "RECIPE"),))

SUBJECTS: Sequence[tuple[str, Sequence[Action]]] = (
    ("run/lock.json", OF_RUN),
    ("run/recipe.yaml", OF_RUN),
    ("run/splits.json", OF_RUN),
    ("run/*.json", OF_RUN),
    ("run/digests.json", OF_RUN),
    ("run/summary.csv", OF_RUN),
    ("run/jobs/*/*/*/predictions.npz", OF_RUN),
    ("run/jobs/*/*/*/metrics.jsonl", OF_RUN),
    ("run/jobs/*/*/*/cost.json", OF_RUN),
    ("run/jobs/*/*/*/robustness.jsonl", OF_RUN),
    ("run/jobs/*/*/*/diagnostics.npz", OF_RUN),
    ("run/jobs/*/*/*/model/*", OF_RUN),
    ("run/*", OF_RUN),
    ("cache/rows/*/*", OF_CACHE),
    ("cache/rows/*/about.json", OF_CACHE),
    ("cache/files/*.json", (hash_files, command("cache", "ls"))),
    ("net.yaml", OF_RECIPE),
    ("splits.json", (command("check", "SPLIT"),)),
    ("job/state.safetensors", (load_state,)),
    ("job/checkpoint/training.pt", (resume_training,)),
    ("models/*/model.json", OF_MODEL),
    ("models/*/*.safetensors", OF_MODEL),
)
"""Files that are damaged, and how they are read then."""


class Case(NamedTuple):
    """Hold the outcome of one damaged file."""

    number: int
    file: str
    damage: str
    action: str
    outcome: str


def outcome(action: Action, world: World) -> str:
    """Return ``refused`` or ``answered``, or else what is wrong.

    Returns:
        The outcome in words.
    """
    from mpcl_core.interfaces.errors import UserError

    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        return action(world)
    except UserError:
        return "refused"
    except Hang:
        return f"took more than {SECONDS:g} s"
    except BaseException as error:
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
        return f"{type(error).__name__}: {str(error)[:200]} ({place})"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def cases(world: World, numbers: Iterable[int]) -> Iterator[Case]:
    """Yield the outcome of one damaged file after the other; each is restored before the next.

    Yields:
        The cases.
    """
    for number in numbers:
        pattern, actions = SUBJECTS[number % len(SUBJECTS)]
        rng = np.random.default_rng([SEED, number])
        files = sorted(file for file in world.folder.glob(pattern) if file.is_file())
        damage = Damage(file := files[int(rng.integers(len(files)))], file.read_bytes())
        now = _actions(actions, number)
        action = now[int(rng.integers(len(now)))]
        kind = damage.apply(rng, rare=number % 100 == 33)
        found = outcome(action, world)
        yield Case(number, str(file.relative_to(world.folder)), kind, action.__name__, found)
        damage.undo()
        if actions is OF_RUN and action not in QUICK_ACTIONS[0]:  # which may have written
            world.restore()


def _actions(actions: Sequence[Action], number: int) -> Sequence[Action]:
    if actions is OF_RUN and number > QUICK and number % 100 == 57:
        return (figures,)
    if number >= QUICK or number % 8 == 0:
        return actions
    return next((quick for every, quick in zip(ALL_ACTIONS, QUICK_ACTIONS, strict=True) if every is actions), actions)
