"""Compare two run manifests: list what decides a run's numbers and has changed."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from mpcl_core.data.splits import hash_folds
from mpcl_core.interfaces.errors import UserError
from mpcl_core.runs.layout import MANIFEST, SPLITS
from mpcl_core.runs.manifest import Manifest
from mpcl_core.runs.splits_file import read_splits

FIELDS = {
    "recipe_hash": ("recipe", "the resolved recipe"),
    "seeds": ("seeds", "the seeds"),
    "device": ("device", "the device"),
    "python": ("python", "Python"),
    "platform": ("platform", "the platform"),
    "hardware": ("hardware", "the hardware"),
    "threads": ("hardware", "the threads of numerical libraries (OMP_NUM_THREADS)"),
    "framework_hash": ("code", "the code of the engine"),
}
"""Field of a manifest -> its kind, and its name in messages."""

ABSENT = "absent"
"""Stands for the value of what one of two manifests lacks."""

HASH_DIGITS = 12
"""The number of digits of a hash in messages."""


@dataclass(frozen=True)
class Difference:
    """Hold one thing that differs between a run and now.

    Args:
        kind: ``recipe``, ``seeds``, ``device``, ``python``, ``platform``, ``hardware``, ``package``,
            ``code``, ``model``, ``data``, ``folds`` or ``statement``.
        what: the thing in words.
        then, now: a version, the beginning of a hash, or ``absent``.
        variants: the variants whose data or folds differ; empty where all variants are concerned.
    """

    kind: str
    what: str
    then: str
    now: str
    variants: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """Return what differs, with the variants concerned."""
        return f"{self.what} of {', '.join(self.variants)}" if self.variants else self.what

    def __str__(self) -> str:
        return f"{self.subject}: {self.then} then, {self.now} now"


Fact = tuple[str, str, tuple[str, ...]]
"""Kind, words and variants."""


class ManifestError(UserError):
    """Report that a run cannot be repeated or finished, since what decides its numbers has changed.

    Args:
        found: the differences.
    """

    def __init__(self, found: Sequence[Difference]) -> None:
        self.differences = tuple(found)
        super().__init__(
            "\n".join(["What decides the numbers differs from what the run began with:", *map(str, found)])
        )


def find_differences(then: Manifest, now: Manifest) -> list[Difference]:
    """Return everything that decides numbers and differs between two manifests.

    Not compared: names and notes, where the windows came from, and what follows from the rest, such as grades.

    Args:
        then: the manifest of a run.
        now: the manifest that a run of the same recipe would have today.

    Returns:
        The differences; empty where a run today would give the same numbers.
    """
    return _compared(_facts(then), _facts(now))


def find_misstatements(then: Manifest, now: Manifest) -> list[Difference]:
    """List the fields of a manifest that differ from what is computed again.

    Args:
        then: the manifest of a run.
        now: the manifest that a run of the same recipe would have today.

    Returns:
        The differences; the cache that the windows came from is not compared.
    """
    return _compared(_statements(then), _statements(now))


def refuse_differences(then: Manifest, now: Manifest) -> None:
    """Raise an error where two manifests differ in what decides numbers.

    Args:
        then, now: as `find_differences`.

    Raises:
        ManifestError: they differ.
    """
    if found := find_differences(then, now):
        raise ManifestError(found)


def refuse_other_files(then: Mapping[str, str], now: Mapping[str, str]) -> None:
    """Raise an error where a run was begun with other files than those of now.

    Args:
        then, now: a file in words -> its SHA-256.

    Raises:
        ManifestError: a file differs.
    """
    if found := _compared(_of_files(then), _of_files(now)):
        raise ManifestError(found)


def _of_files(hashes: Mapping[str, str]) -> dict[Fact, str]:
    return {("recipe", what, ()): value for what, value in hashes.items()}


def find_changed_folds(run: Path, manifest: Manifest) -> list[Difference]:
    """Return where the folds in ``splits.json`` are not those whose hash the manifest states.

    Args:
        run: the run folder.
        manifest: its manifest.

    Returns:
        The differences; empty also where the file cannot be read, which `mpcl_core.runs.integrity` reports.
    """
    try:
        found = [(tuple(study.variants), hash_folds(study.model_dump())) for study in read_splits(run).studies]
    except (OSError, ValueError):
        return []
    stated = [(tuple(study.variants), study.split_hash) for study in manifest.studies]
    return _compared(_of_folds(stated), _of_folds(found))


def _of_folds(studies: Iterable[tuple[tuple[str, ...], str]]) -> dict[Fact, str]:
    return {("folds", f"{SPLITS}, the folds", variants): value for variants, value in studies}


def _compared(then: Mapping[Fact, str], now: Mapping[Fact, str]) -> list[Difference]:
    pairs = {fact: (then.get(fact, ABSENT), now.get(fact, ABSENT)) for fact in [*then, *now]}
    return [
        Difference(kind, what, _shortened(before), _shortened(after), variants)
        for (kind, what, variants), (before, after) in pairs.items()
        if before != after
    ]


def _facts(manifest: Manifest) -> dict[Fact, str]:
    facts: dict[Fact, str] = {(*about, ()): _text(getattr(manifest, name)) for name, about in FIELDS.items()}
    for name, version in manifest.packages.items():
        facts["package", name, ()] = version
    for name, code_hash in manifest.imported_code.items():
        facts["code", f"the code of the library {name}", ()] = code_hash
    for name, component in manifest.components.items():
        facts["code", f"the owner of {name}", ()] = component.owner
        facts["code", f"the code of {name}", ()] = component.sha256
    for name, digest in manifest.start_models.items():
        facts["model", "the model that training starts from", (name,)] = digest
    for name, metric in manifest.metrics.items():
        facts["code", f"the code of the metric {name}", ()] = metric.sha256
    return facts | dict(_of_studies(manifest))


def _statements(manifest: Manifest) -> dict[Fact, str]:
    facts: dict[Fact, str] = {("statement", f"{MANIFEST}, name", ()): manifest.name}
    for name, variant in manifest.variants.items():
        for field, value in variant.model_dump().items():
            facts["statement", f"{MANIFEST}, {field}", (name,)] = _text(value)
    for study in manifest.studies:
        for field, value in study.model_dump(exclude={"windows_from", "data_hash", "split_hash"}).items():
            facts["statement", f"{MANIFEST}, {field}", tuple(study.variants)] = _text(value)
    return facts


def _of_studies(manifest: Manifest) -> Iterator[tuple[Fact, str]]:
    for study in manifest.studies:
        yield ("data", "the data", tuple(study.variants)), study.data_hash
        yield ("folds", "the folds", tuple(study.variants)), study.split_hash


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _shortened(value: str) -> str:
    return value[:HASH_DIGITS] if len(value) == len(sha256().hexdigest()) else value
