"""Examine what is installed and what is not, for ``mpcl doctor``."""

import os
import platform
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, metadata, requires, version
from pathlib import Path
from typing import Any

import torch
from packaging.requirements import Requirement

from mpcl_core.data.cache import location
from mpcl_core.interfaces.errors import UsageError
from mpcl_plugins.bridges._torchaudio import needs_stand_in
from mpcl_registry.catalog import Catalog

PROJECT = "mpcl"
ABSENT = "absent"


@dataclass(frozen=True)
class Extra:
    """Describe packages that only some components need.

    Args:
        packages: name -> installed version, or ``absent``.
        install: the command that installs them; empty where all are present.
    """

    packages: Mapping[str, str]
    install: str


@dataclass(frozen=True)
class Health:
    """Describe an installation.

    Args:
        versions: the versions of Python, of this project and of what it requires; ``absent`` where there is none.
        devices: the devices on which networks can be trained.
        threads: CPU threads that torch uses by default; a job uses ``train.threads``.
        plugins: owner -> the number of its components.
        not_loaded: owner -> why it could not be loaded.
        extras: by name.
        cache: the folder of prepared windows.
        cache_bytes: the size of its entries.
        cache_entries: the number of its entries.
        notes: what works differently here, and needs no repair.
        problems: what should be repaired.
    """

    versions: Mapping[str, str]
    devices: tuple[str, ...]
    threads: int
    plugins: Mapping[str, int]
    not_loaded: Mapping[str, str]
    extras: Mapping[str, Extra]
    cache: str
    cache_bytes: int
    cache_entries: int
    notes: tuple[str, ...]
    problems: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the fields as plain values.

        Returns:
            Field -> value.
        """
        return asdict(self)


def examine(catalog: Catalog) -> Health:
    """Collect the versions, devices, plugins, extras and problems of this installation.

    Args:
        catalog: the components and the plugins that could not be loaded.

    Returns:
        What was found.

    Raises:
        UsageError: the project is not installed.
    """
    needed = [requirement for requirement in _requirements() if requirement.marker is None]
    folder, entries, unusable = _cache()
    owners = [entry.owner for entry in catalog.entries()]
    return Health(
        versions={"python": platform.python_version(), PROJECT: _version(PROJECT)}
        | {requirement.name: _version(requirement.name) for requirement in needed},
        devices=tuple(_devices()),
        threads=torch.get_num_threads(),
        plugins={owner: owners.count(owner) for owner in dict.fromkeys(owners)},
        not_loaded=catalog.not_loaded,
        extras={name: _extra(name) for name in metadata(PROJECT).get_all("Provides-Extra") or ()},
        cache=folder,
        cache_bytes=sum(entry.size for entry in entries),
        cache_entries=len(entries),
        notes=tuple(_notes()),
        problems=(
            *filter(None, map(_problem, needed)),
            *(f"{owner} does not load: {reason}" for owner, reason in catalog.not_loaded.items()),
            *unusable,
        ),
    )


def _notes() -> Iterator[str]:
    if needs_stand_in():
        yield (
            f"torchaudio {_version('torchaudio')}: its compiled part asks for CUDA's libraries, which this torch is "
            f"built without; the encoder 'braindecode' uses torchaudio without that part"
        )


def _requirements() -> list[Requirement]:
    try:
        return [Requirement(text) for text in requires(PROJECT) or ()]
    except PackageNotFoundError as error:
        raise UsageError(
            f"{PROJECT} is not installed, so that nothing states what it requires; in its checkout, run "
            "'pip install -c constraints.txt -e .'"
        ) from error


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ABSENT


def _problem(requirement: Requirement) -> str:
    """Return why a requirement is not met.

    Returns:
        The problem and its remedy; empty where the requirement is met.
    """
    found = _version(requirement.name)
    if found == ABSENT:
        return f"{requirement.name} is not installed: {sys.executable} -m pip install '{requirement}'"
    if not requirement.specifier.contains(found, prereleases=True):
        return f"{requirement.name} is {found}, but must be {requirement.specifier}"
    return ""


def _devices() -> Iterator[str]:
    yield f"cpu ({platform.machine()})"
    for number in range(torch.cuda.device_count() if torch.cuda.is_available() else 0):
        yield f"cuda:{number} ({torch.cuda.get_device_name(number)})"
    if torch.backends.mps.is_available():
        yield "mps"


def _extra(name: str) -> Extra:
    required = [
        requirement
        for requirement in _requirements()
        if requirement.marker and requirement.marker.evaluate({"extra": name}) and requirement.name != PROJECT
    ]
    packages = {requirement.name: _version(requirement.name) for requirement in required}
    lacking = any(map(_problem, required))
    return Extra(packages, f"{sys.executable} -m pip install '{PROJECT}[{name}]'" if lacking else "")


def _cache() -> tuple[str, list[location.CacheEntry], list[str]]:
    """Examine the cache.

    Returns:
        Its folder, its entries, and the reasons why it cannot be used.
    """
    try:
        folder = location.find_root()
        entries = location.list_entries(folder)
    except OSError as error:
        return "", [], [f"there is no cache: {error}"]
    nearest: Path = next(parent for parent in (folder, *folder.parents) if parent.exists())
    writable = nearest.is_dir() and os.access(nearest, os.W_OK)
    return str(folder), entries, [] if writable else [f"the cache cannot be written: {folder} (set MPCL_CACHE)"]
