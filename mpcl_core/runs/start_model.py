"""Read from a model folder what a training that starts from it has to state: its weights' hash and its people."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from mpcl_core.interfaces.errors import DataError, UsageError
from mpcl_core.interfaces.suggestions import list_names
from mpcl_core.runs.layout import MODEL_DESCRIPTION, WEIGHTS
from mpcl_core.runs.model_files import FILES, read_model_description
from mpcl_core.spec.network import NetworkSpec
from mpcl_core.spec.training import TrainSettings
from mpcl_core.spec.variant import VariantSpec

HASH_DIGITS = 16
"""Digits of the hash of a person's name."""

NAMED = 5
"""The most people that a message names."""


@dataclass(frozen=True)
class StartModel:
    """Hold the model that a training starts from.

    Args:
        folder: the model folder.
        description: the content of its ``model.json``.
    """

    folder: Path
    description: Mapping[str, Any]

    @property
    def digest(self) -> str:
        """Return the SHA-256 of its weights."""
        return str(self.description[FILES][WEIGHTS])

    @property
    def people(self) -> Mapping[str, frozenset[str]]:
        """Return source -> the hashes of the names of the people whose ratings it learned from."""
        calibration = self.description.get("calibration") or {}
        own = {hash_name(calibration["subject"])} if calibration else set()
        return {source: frozenset(own | set(names)) for source, names in self._trained_on.get("people", {}).items()}

    @property
    def is_of_known_people(self) -> bool:
        """Return whether every window that it learned from names its person."""
        return bool(self._trained_on.get("people")) and not self._trained_on.get("has_unknown_people", True)

    @property
    def _trained_on(self) -> Mapping[str, Any]:
        trained_on: Mapping[str, Any] = self.description.get("trained_on", {})
        return trained_on

    def summary(self) -> str:
        """Describe the model for a note.

        Returns:
            Its name, the beginning of the hash of its weights, and the number of its people by source.
        """
        counts = [f"{len(names)} people of '{source}'" for source, names in self.people.items()]
        name = self.description.get("name", self.folder.name)
        return f"the model '{name}' ({self.digest[:12]}), which learned from {' and '.join(counts) or 'unknown people'}"


@lru_cache(maxsize=4096)
def hash_name(name: str) -> str:
    """Return the hash that stands for a person in a model folder.

    Args:
        name: the name of the person.

    Returns:
        16 hexadecimal digits.

    Example:
        >>> hash_name("s01")
        'fb173a948cf4a99a'
    """
    return hashlib.sha256(name.encode()).hexdigest()[:HASH_DIGITS]


def read_start_model(folder: Path) -> StartModel:
    """Read the description of the model that a training starts from.

    Args:
        folder: the model folder.

    Returns:
        The model.

    Raises:
        UsageError: it is no model folder, no network, or an ensemble.
    """
    try:
        description = read_model_description(folder)
    except UsageError as error:
        raise UsageError(f"train.from: {error}") from None
    if description.get("kind") != "network":
        raise UsageError(f"train.from: {folder} holds an estimator, but a training can start from a network only")
    if description.get("members", 1) != 1:
        raise UsageError(
            f"train.from: {folder} is an ensemble of {description['members']} networks, but a training starts from one"
        )
    if not isinstance(description.get(FILES), dict) or WEIGHTS not in description[FILES]:
        raise UsageError(f"train.from: {folder / MODEL_DESCRIPTION} is damaged: it states no hash of {WEIGHTS}")
    return StartModel(folder, description)


def start_models(specs: Mapping[str, VariantSpec]) -> dict[str, StartModel]:
    """Read the models that variants start from.

    Args:
        specs: name -> variant.

    Returns:
        Name -> model, for the variants that state ``train.from``.

    Raises:
        UsageError: as `read_start_model`.
    """
    return {
        name: read_start_model(spec.model.train.from_model)
        for name, spec in specs.items()
        if isinstance(spec.model, NetworkSpec) and spec.model.train.from_model is not None
    }


def start_note(spec: VariantSpec, start: StartModel, tested: Iterable[str]) -> str:
    """Describe the start of a variant, or refuse a model that may have learned from a tested person.

    People of another source count as other people, whatever their names.

    Args:
        spec: the variant.
        start: the model that it starts from.
        tested: the names of the people whom its folds test; empty text for an unknown person.

    Returns:
        One sentence for check, tables and report.

    Raises:
        DataError: a tested person is one of the model's people, or may be one.
    """
    assert isinstance(spec.model, NetworkSpec)
    train: TrainSettings = spec.model.train
    source, people = spec.source.cls.name, sorted(set(tested))
    begin = f"'{spec.name}' starts from {start.summary()}"
    own = start.people.get(source, frozenset())
    known = [name for name in people if name and hash_name(name) in own]
    if train.from_other_people:
        same = f" {len(known)} of them have names of tested people." if known else ""
        return f"{begin}; the recipe states that none of them is tested.{same}"
    if known:
        raise DataError(
            f"train.from of '{spec.name}': the model learned from {len(known)} of the people whom the folds test "
            f"({list_names(known, NAMED)}), so that their scores would be leaky. Start from a model of other "
            f"people; if only the names are the same, state train.from_other_people: true",
            start.folder,
        )
    if not start.is_of_known_people or (own and "" in people):
        whose = "tested windows name no person" if start.is_of_known_people else "it is unknown whom it learned from"
        raise DataError(
            f"train.from of '{spec.name}': {whose}, so that the model may know the tested people. If it does not, "
            f"state train.from_other_people: true",
            start.folder,
        )
    others = any(hash_name(name) in each for each in start.people.values() for name in people)
    same = " Some have names of tested people, but are of another source and count as other people." if others else ""
    return f"{begin}; none of them is tested.{same}"
