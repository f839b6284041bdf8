"""Write and check ``digests.json``: the SHA-256 of every file of a run folder, written last.

Its own SHA-256 is the digest of the run. Kept elsewhere, it shows whether any file of the folder has changed.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from mpcl_core.interfaces.errors import describe_error
from mpcl_core.runs.atomic_files import write_json
from mpcl_core.runs.finished_jobs import UNREADABLE
from mpcl_core.runs.integrity import FileProblem
from mpcl_core.runs.layout import DIGESTS, OWNED
from mpcl_core.toolkit.bounded_json import read_json_object


def write_digests(run: Path) -> str:
    """Write the SHA-256 of the files of a run folder.

    Args:
        run: the run folder.

    Returns:
        The SHA-256 of the list itself.
    """
    write_json(run / DIGESTS, {name: _sha256(run / name) for name in _names(run)})
    return digest_of_run(run)


def update_digests(run: Path, changed: Sequence[str]) -> None:
    """List files of a run folder that were written anew; the others keep what is listed.

    A run without a list, or with a damaged one, is left as it is, so that ``find_changed_files`` reports it.

    Args:
        run: the run folder.
        changed: the files.
    """
    try:
        listed = read_json_object(run / DIGESTS)
    except UNREADABLE:
        return
    found = {name: _sha256(run / name) for name in changed if (run / name).is_file()}
    write_json(run / DIGESTS, dict(sorted({**listed, **found}.items())))


def digest_of_run(run: Path) -> str:
    """Return the digest of a run: the SHA-256 of its list of digests.

    Args:
        run: the run folder.

    Returns:
        The hash in hexadecimal digits; empty where the run has no list.
    """
    return _sha256(run / DIGESTS) if (run / DIGESTS).is_file() else ""


def find_changed_files(run: Path, digest: str = "") -> Iterator[FileProblem]:
    """Yield the files of a run folder that are not as the list of digests states.

    Args:
        run: the run folder.
        digest: the digest of the run that was kept elsewhere; empty where none was.

    Yields:
        The problems. Hidden files, and files that lie beside those of a run, are passed over.
    """
    if digest and digest.lower() != (now := digest_of_run(run)):
        yield FileProblem(DIGESTS, f"its SHA-256 is {now or 'missing'}, not {digest}")
    try:
        listed = read_json_object(run / DIGESTS)
    except UNREADABLE as error:
        yield FileProblem(DIGESTS, f"cannot be read, so files were not compared with it: {describe_error(error)}")
        return
    present = set(_names(run))
    for name in sorted({*listed, *present}):
        if name not in present:
            yield FileProblem(name, "missing, although it was written")
        elif name not in listed:
            if _is_owned(name):
                yield FileProblem(name, "was added after the run")
        elif _sha256(run / name) != listed[name]:
            yield FileProblem(name, "has changed since it was written")


def find_foreign_files(run: Path) -> list[str]:
    """List the files that somebody put beside those of a run: a notebook, notes, further tables.

    Args:
        run: the run folder.

    Returns:
        Their paths in the folder; hidden files are passed over.
    """
    return [name for name in _names(run) if not _is_owned(name)]


def _is_owned(name: str) -> bool:
    return name.partition("/")[0] in OWNED


def _names(run: Path) -> list[str]:
    return sorted(name for name in _visible_files(str(run)) if name != DIGESTS)


def _visible_files(folder: str, prefix: str = "") -> Iterator[str]:
    with suppress(PermissionError), os.scandir(folder) as entries:
        for entry in (entry for entry in entries if not entry.name.startswith(".")):
            if entry.is_dir(follow_symlinks=False):
                yield from _visible_files(entry.path, f"{prefix}{entry.name}/")
            elif entry.is_file(follow_symlinks=False) or Path(entry.path).is_file():  # a link may lead to itself
                yield prefix + entry.name


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
