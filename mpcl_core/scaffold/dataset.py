"""``mpcl new dataset``: a manifest and a recipe for the files in a folder."""

import csv
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.scaffold.file_names import Cell, cell, is_bids
from mpcl_core.scaffold.modalities import ChannelLike, Found, is_face, modalities
from mpcl_core.scaffold.recipe_text import recipe_text

COLUMNS = ("subject", "session", "trial", "condition", "stimulus", "weight", "start", "stop")
KINDS = {".edf": "eeg", ".bdf": "eeg", ".zip": "e4"}
"""Suffix -> the column where a name does not tell; ``face`` where there is one, else ``signals``."""

Look = Callable[[Path], Sequence[ChannelLike]]
"""What a file says that it holds."""
Looked = Mapping[Path, Sequence[ChannelLike]]
Row = tuple[str, str, str]
"""Subject, session and trial."""


@dataclass(frozen=True)
class Dataset:
    """What was found, as it is to be written.

    Args:
        manifest, recipe: the texts.
        recordings: the number of rows.
        subjects: whose they are, as their names are understood.
        modalities: their names.
        left_out: how many files of a known kind are in no row.
    """

    manifest: str
    recipe: str
    recordings: int
    subjects: tuple[str, ...]
    modalities: tuple[str, ...]
    left_out: int


def dataset(
    name: str, folder: Path, labels: Sequence[str], rates: Mapping[str, float], suffixes: Sequence[str], look: Look
) -> Dataset:
    """A manifest with a row a recording and empty scores, and a recipe that declares what the files state.

    Args:
        name: of the recipe; the manifest is to be ``NAME.csv`` in the current folder.
        folder: where the files are.
        labels: the columns for the scores.
        rates: modality -> Hz, for those whose files do not state it.
        suffixes: of files that can be read.
        look: opens one.

    Raises:
        UsageError: there is no such file, or nothing can be made of them.
        DataError: a file is damaged.
    """
    found = _files(folder, suffixes)
    named = [file for file in found if is_bids(file)] or found
    looked = {file: look(file) for file in named}
    rows = _rows({file: _cell(file, folder, channels) for file, channels in looked.items()})
    columns = list(dict.fromkeys(column for files in rows.values() for column in files))
    _check_labels(labels, columns)
    held = modalities(
        {
            column: {files[column]: looked[files[column]] for files in rows.values() if column in files}
            for column in columns
        }
    )
    return Dataset(
        _manifest(rows, columns, labels),
        recipe_text(name, f"{name}.csv", held, _rates(held, rates), labels, _protocol(list(rows))),
        len(rows),
        tuple(dict.fromkeys(subject for subject, _, _ in rows)),
        tuple(modality.name for modality in held),
        len(found) - len(named),
    )


def _files(folder: Path, suffixes: Sequence[str]) -> list[Path]:
    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder}")
    found = [file for file in sorted(folder.rglob("*")) if file.suffix.lower() in suffixes and file.is_file()]
    seen = [file for file in found if not any(part.startswith(".") for part in file.relative_to(folder).parts)]
    if not seen:
        raise UsageError(f"{folder} holds no file of a known kind ({', '.join(suffixes)})")
    return seen


def _cell(file: Path, folder: Path, channels: Sequence[ChannelLike]) -> Cell:
    found = cell(file, folder, KINDS.get(file.suffix.lower(), "face" if is_face(channels) else "signals"))
    return replace(found, column=f"{found.column}_file") if found.column in COLUMNS else found


def _rows(cells: Mapping[Path, Cell]) -> dict[Row, dict[str, Path]]:
    rows: dict[Row, dict[str, Path]] = {}
    for file, place in cells.items():
        files = rows.setdefault((place.subject, place.session, place.trial), {})
        if place.column in files:
            raise UsageError(
                f"{files[place.column]} and {file} would both be '{place.column}' of subject '{place.subject}', trial "
                f"'{place.trial}'. Rename one, or move it out of the folder."
            )
        files[place.column] = file
    return rows


def _check_labels(labels: Sequence[str], columns: Sequence[str]) -> None:
    if len(labels) < 2:
        raise UsageError("a distribution is over two labels or more: --ratings happy sad …")
    for label in labels:
        if labels.count(label) > 1 or label in (*COLUMNS, *columns) or label != label.strip() or not label:
            raise UsageError(f"--ratings: '{label}' is empty, stands there twice, or is the name of another column")


def _rates(found: Sequence[Found], stated: Mapping[str, float]) -> list[float]:
    """The rate of each modality: the files' own, or else what was stated."""
    unknown = [modality.name for modality in found if modality.sfreq is None]
    if strange := [name for name in stated if name not in unknown]:
        only = f"only of {', '.join(unknown)} do files not state it" if unknown else "the files state all rates"
        raise UsageError(f"--sfreq {strange[0]}: {only}")
    if missing := [name for name in unknown if name not in stated]:
        options = " ".join(f"{name}=HZ" for name in missing)
        raise UsageError(f"no file states the sampling rate of {', '.join(missing)}. Add: --sfreq {options}")
    return [modality.sfreq or stated[modality.name] for modality in found]


def _protocol(rows: Sequence[Row]) -> str:
    """A protocol that these rows allow, the one that claims most."""
    if len({subject for subject, _, _ in rows}) > 1:
        return "loso"
    return "trial_heldout" if len(rows) > 1 else "kfold"


def _manifest(rows: Mapping[Row, Mapping[str, Path]], columns: Sequence[str], labels: Sequence[str]) -> str:
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*COLUMNS, *columns, *labels])
    for row, files in rows.items():
        paths = [os.path.relpath(files[column]) if column in files else "" for column in columns]
        writer.writerow([*row, *[""] * (len(COLUMNS) - len(row)), *paths, *[""] * len(labels)])
    return text.getvalue()
