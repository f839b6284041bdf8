"""Find the people of WESAD: a folder each, ``S2``, ``S3`` and so on, with a questionnaire in it."""

import re
from dataclasses import dataclass
from pathlib import Path

from mpcl_core.plugin import DataError
from mpcl_plugins.sources._wesad import questionnaire
from mpcl_plugins.sources._wesad.questionnaire import Rating


@dataclass(frozen=True)
class Person:
    """Hold one person.

    Args:
        name: ``S2`` …
        folder: the folder with the files.
        conditions: the five conditions in the order of time.
    """

    name: str
    folder: Path
    conditions: list[Rating]


def read_people(path: Path) -> list[Person]:
    """Return everyone with a folder in ``path``.

    Args:
        path: the folder of the study.

    Returns:
        The people, by number.

    Raises:
        DataError: there is nobody, or a questionnaire is invalid.
    """
    return [
        Person(folder.name, folder, questionnaire.read(folder / f"{folder.name}_quest.csv", folder.name))
        for folder in folders(path)
    ]


def folders(path: Path) -> list[Path]:
    """Return everyone's folder.

    Args:
        path: the folder of the study.

    Returns:
        The folders, by number.

    Raises:
        DataError: there is none.
    """
    found = [folder for folder in path.glob("S*") if re.fullmatch(r"S\d+", folder.name) and folder.is_dir()]
    if not found:
        raise DataError("there is no folder of a person (S2, S3 ...)", path)
    return sorted(found, key=lambda folder: int(folder.name[1:]))
