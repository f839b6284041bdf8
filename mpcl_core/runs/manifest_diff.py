"""What decides a run's numbers and is not as it was: two locks against each other, line by line."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from mpcl_core.data.splits import hash_folds
from mpcl_core.interfaces.errors import UserError
from mpcl_core.runs.layout import SPLITS

SINGLE = {
    "recipe_hash": ("recipe", "the resolved recipe"),
    "seeds": ("seeds", "the seeds"),
    "device": ("device", "the device"),
    "python": ("python", "Python"),
    "platform": ("platform", "the platform"),
    "framework_hash": ("code", "the code of the engine"),
}
"""Key of a lock -> its kind, and what it is in words."""

OF_A_STUDY = {"data_hash": ("data", "the data"), "split_hash": ("folds", "the folds")}

SHORT = 12
"""So much of a hash is shown."""


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it was.

    Args:
        kind: ``recipe``, ``seeds``, ``device``, ``python``, ``platform``, ``package``, ``code``, ``data`` or ``folds``.
        what: which, in words.
        then, now: a version, the beginning of a hash, or ``nothing``.
        variants: whose data or folds they are; none where it concerns all.
    """

    kind: str
    what: str
    then: str
    now: str
    variants: tuple[str, ...] = ()

    @property
    def about(self) -> str:
        """What it concerns, in words."""
        return f"{self.what} of {', '.join(self.variants)}" if self.variants else self.what

    def __str__(self) -> str:
        return f"{self.about}: {self.then} then, {self.now} now"


Fact = tuple[str, str, tuple[str, ...]]
"""Kind, words and variants."""


class ManifestError(UserError):
    """What was to repeat or to finish a run would not: something that decides its numbers is not as it was."""

    def __init__(self, found: Sequence[Difference]) -> None:
        self.differences = tuple(found)
        super().__init__("\n".join(map(str, found)))


def differences(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[Difference]:
    """Everything that decides numbers and is not the same in two locks.

    Not compared: names and notes, where the rows came from, and what follows from the rest, such as grades.

    Args:
        then: a run's ``lock.json``.
        now: what `lock` says of the same recipe today.
    """
    return _compared(_facts(then), _facts(now))


def refuse_differences(then: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Do nothing where two locks do not differ.

    Raises:
        ManifestError: they do.
    """
    if found := differences(then, now):
        raise ManifestError(found)


def kept_folds(run: Path, then: Mapping[str, Any]) -> list[Difference]:
    """Where the folds that a run folder keeps are not those that its lock states; none where they cannot be read."""
    try:
        kept = json.loads((run / SPLITS).read_text(encoding="utf-8"))
        found = [{"variants": study["variants"], "split_hash": hash_folds(study)} for study in kept["studies"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    key = {"split_hash": ("folds", f"{SPLITS}, the folds")}
    stated = ({"studies": then["studies"]}, {"studies": found})
    return _compared(*(dict(_of_studies(lock, key)) for lock in stated))


def _compared(then: Mapping[Fact, str], now: Mapping[Fact, str]) -> list[Difference]:
    pairs = {fact: (then.get(fact, "nothing"), now.get(fact, "nothing")) for fact in [*then, *now]}
    return [
        Difference(kind, what, _shown(before), _shown(after), variants)
        for (kind, what, variants), (before, after) in pairs.items()
        if before != after
    ]


def _facts(lock: Mapping[str, Any]) -> dict[Fact, str]:
    facts: dict[Fact, str] = {(*about, ()): _text(lock[key]) for key, about in SINGLE.items() if key in lock}
    for name, version in lock.get("packages", {}).items():
        facts["package", name, ()] = version
    for name, component in lock.get("components", {}).items():
        facts["code", f"the owner of {name}", ()] = component["owner"]
        facts["code", f"the code of {name}", ()] = component["sha256"]
    return facts | dict(_of_studies(lock, OF_A_STUDY))


def _of_studies(lock: Mapping[str, Any], keys: Mapping[str, tuple[str, str]]) -> Iterator[tuple[Fact, str]]:
    for study in lock["studies"]:
        for key, about in keys.items():
            yield (*about, tuple(study["variants"])), study[key]


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _shown(value: str) -> str:
    return value[:SHORT] if len(value) == len(sha256().hexdigest()) else value
