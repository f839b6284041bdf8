"""Write and read the files of a model folder; ``model.json`` is written last and holds the hashes of the others."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mpcl_core.interfaces.errors import DataError, UsageError
from mpcl_core.interfaces.suggestions import describe_missing
from mpcl_core.runs.atomic_files import Writer, encode_json, write_atomically, write_json
from mpcl_core.runs.layout import JOBS, MODEL, MODEL_DESCRIPTION
from mpcl_core.toolkit.bounded_json import read_json_object
from mpcl_core.toolkit.regular_files import regular

FILES = "files"
"""The key of ``model.json`` that holds the hash of every other file."""


def write_model_files(
    folder: Path, files: Mapping[str, bytes], description: Mapping[str, Any], write: Writer = write_atomically
) -> None:
    """Write a model folder; until its last file is written it is no model.

    Args:
        folder: the folder; it is made where it is missing.
        files: path in the folder -> content.
        description: the content of ``model.json``, without the hashes.
        write: writes each file.

    Raises:
        OSError: a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MODEL_DESCRIPTION).unlink(missing_ok=True)
    for inner in {Path(name).parent for name in files} - {Path()}:
        (folder / inner).mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        write(folder / name, content)
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}
    write(folder / MODEL_DESCRIPTION, encode_json({**description, FILES: hashes}))


def add_model_file(folder: Path, name: str) -> None:
    """State the hash of a further file of a model folder in ``model.json``.

    Args:
        folder: the model folder.
        name: the path of the file in it.

    Raises:
        UsageError: the folder is no model folder.
        OSError: a file cannot be read or written.
    """
    description = read_model_description(folder)
    hashes = {**description[FILES], name: hashlib.sha256((folder / name).read_bytes()).hexdigest()}
    write_json(folder / MODEL_DESCRIPTION, {**description, FILES: dict(sorted(hashes.items()))})


def read_model_description(folder: Path) -> dict[str, Any]:
    """Read ``model.json``.

    Args:
        folder: the model folder.

    Returns:
        Its content.

    Raises:
        UsageError: the folder is no model folder, or the file is damaged.
    """
    path = folder / MODEL_DESCRIPTION
    if not folder.exists():
        raise UsageError(describe_missing(folder, "model folder"))
    if not path.is_file():
        models = f"; the models of a run are in {JOBS}/VARIANT/SEED/FOLD/{MODEL}" if (folder / JOBS).is_dir() else ""
        raise UsageError(f"{folder} is not a model folder: it has no {MODEL_DESCRIPTION}{models}")
    try:
        return read_json_object(path)
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {str(error).partition(chr(10))[0]}") from None


def read_model_file(folder: Path, name: str, hashes: Mapping[str, Any]) -> bytes:
    """Read a file of a model folder and compare it with its hash.

    Args:
        folder: the model folder.
        name: the path of the file in it.
        hashes: path -> SHA-256, as ``model.json`` states them.

    Returns:
        The content.

    Raises:
        DataError: the file is missing, or is not the one that was written with the model.
    """
    if ".." in Path(name).parts or Path(name).is_absolute():
        raise DataError("lies outside the model folder", folder / name)
    try:
        content = regular(folder / name).read_bytes()
    except FileNotFoundError:
        raise DataError("is missing; copy the whole model folder again", folder / name) from None
    except (OSError, ValueError) as error:
        raise DataError(f"cannot be read: {error}", folder / name) from None
    if hashlib.sha256(content).hexdigest() != hashes.get(name):
        raise DataError("is not the file that was written with the model: its hash differs", folder / name)
    return content


def check_model_files(folder: Path) -> None:
    """Compare every file of a model folder with its hash.

    Args:
        folder: the model folder.

    Raises:
        UsageError: there is no sound ``model.json``.
        DataError: a file is missing or changed.
    """
    hashes: Any = read_model_description(folder).get(FILES)
    if not isinstance(hashes, dict):
        raise UsageError(f"{folder / MODEL_DESCRIPTION} is damaged: it states no hashes")
    for name in hashes:
        read_model_file(folder, name, hashes)
