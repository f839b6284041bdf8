"""Make a manifest and a recipe for the files in a folder: ``mpcl new dataset``."""

import csv
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path

from mpcl_core.interfaces.errors import DataError, UsageError
from mpcl_core.scaffold.file_names import Cell, is_bids, locate_file
from mpcl_core.scaffold.modalities import ChannelLike, DeclaredModality, find_modalities, is_face, list_roles
from mpcl_core.scaffold.recipe_text import write_recipe
from mpcl_core.toolkit.printable import cell_text

COLUMNS = ("subject", "session", "trial", "condition", "stimulus", "weight", "start", "stop")
KINDS = {".edf": "eeg", ".bdf": "eeg", ".zip": "e4"}
"""Suffix -> column if the name does not contain it; for other suffixes ``face`` or ``signals``."""
_SAME = 0.005  # relative difference between a stated rate and that of the files, which may be measured

FindFiles = Callable[[Path], list[Path]]
"""Finds what can be read in a folder."""
ReadChannels = Callable[[Path], Sequence[ChannelLike]]
"""Reads the channels that a file declares."""
Row = tuple[str, str, str]
"""Subject, session and trial."""


@dataclass(frozen=True)
class Dataset:
    """Hold the files to write for a data set, and what was found.

    Args:
        manifest, recipe: the texts.
        recordings: number of rows of the manifest.
        subjects: names of the subjects, as guessed.
        modalities: the modalities.
        others: the channels that are no signals, with what they hold.
        left_out: number of files of a known kind that are in no row.
    """

    manifest: str
    recipe: str
    recordings: int
    subjects: tuple[str, ...]
    modalities: tuple[DeclaredModality, ...]
    others: tuple[str, ...]
    left_out: int


def make_dataset(
    name: str,
    folder: Path,
    labels: Sequence[str],
    rates: Mapping[str, float],
    suffixes: Sequence[str],
    find_files: FindFiles,
    read_channels: ReadChannels,
) -> Dataset:
    """Make a manifest with a row for each recording and empty scores, and a recipe for it.

    Args:
        name: name of the recipe; the manifest will be ``NAME.csv`` in the current folder.
        folder: the folder of the files.
        labels: the columns for the scores.
        rates: modality -> sampling rate in Hz, for files that do not state it.
        suffixes: suffixes of the files that can be read.
        find_files: finds what can be read in a folder: files, and folders that are one recording.
        read_channels: reads the channels of a file.

    Returns:
        The texts, and what was found.

    Raises:
        UsageError: there is no such file, or the files cannot be arranged as a data set.
        DataError: a file is damaged.
    """
    found = _find_files(folder, suffixes, find_files)
    named = [file for file in found if is_bids(file)] or found
    channels = {file: _read_channels(file, read_channels) for file in named}
    rows = _group_files({file: _locate(file, folder, channels[file]) for file in named})
    columns = list(dict.fromkeys(column for files in rows.values() for column in files))
    _check_labels(labels, columns)
    by_column = {
        column: {files[column]: channels[files[column]] for files in rows.values() if column in files}
        for column in columns
    }
    modalities, others = find_modalities(by_column), list_roles(by_column)
    protocol = _choose_protocol(list(rows))
    return Dataset(
        _write_manifest(rows, columns, labels),
        write_recipe(name, f"{name}.csv", modalities, _choose_rates(modalities, rates), labels, protocol, others),
        len(rows),
        tuple(dict.fromkeys(subject for subject, _, _ in rows)),
        tuple(modalities),
        others,
        len(found) - len(named),
    )


def _find_files(folder: Path, suffixes: Sequence[str], find_files: FindFiles) -> list[Path]:
    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder}")
    found = find_files(folder)
    if not found:
        raise UsageError(f"{folder} has no file of a known kind ({', '.join(suffixes)})")
    return found


def _read_channels(file: Path, read_channels: ReadChannels) -> Sequence[ChannelLike]:
    try:
        return read_channels(file)
    except DataError as error:
        if error.field == "header":  # the file is not damaged, but written otherwise
            raise UsageError(str(error)) from error
        raise


def _locate(file: Path, folder: Path, channels: Sequence[ChannelLike]) -> Cell:
    kind = "e4" if file.is_dir() else KINDS.get(file.suffix.lower(), "face" if is_face(channels) else "signals")
    cell = locate_file(file, folder, kind)
    return replace(cell, column=f"{cell.column}_file") if cell.column in COLUMNS else cell


def _group_files(cells: Mapping[Path, Cell]) -> dict[Row, dict[str, Path]]:
    rows: dict[Row, dict[str, Path]] = {}
    for file, cell in cells.items():
        files = rows.setdefault((cell.subject, cell.session, cell.trial), {})
        if cell.column in files:
            raise UsageError(
                f"{files[cell.column]} and {file} would both be '{cell.column}' of subject '{cell.subject}', trial "
                f"'{cell.trial}'. Rename one, or move it out of the folder."
            )
        files[cell.column] = file
    return rows


def _check_labels(labels: Sequence[str], columns: Sequence[str]) -> None:
    if len(labels) < 2:
        raise UsageError("a distribution needs at least two labels: --ratings happy sad …")
    for label in labels:
        if labels.count(label) > 1 or label in (*COLUMNS, *columns) or label != label.strip() or not label:
            raise UsageError(f"--ratings: '{label}' is empty, repeated, or the name of another column")


def _choose_rates(found: Sequence[DeclaredModality], stated: Mapping[str, float]) -> list[float]:
    """Choose the rate of each modality: the stated one, which must be that of its files, or theirs.

    Args:
        found: the modalities.
        stated: modality -> sampling rate in Hz.

    Returns:
        The rates in Hz.

    Raises:
        UsageError: a rate is missing, or stated for a modality whose files have another one.
    """
    unknown = [modality.name for modality in found if modality.sfreq is None]
    known = {modality.name: modality.sfreq for modality in found if modality.sfreq is not None}
    confirmed = [name for name in stated if name in known and abs(stated[name] - known[name]) <= _SAME * known[name]]
    if unneeded := [name for name in stated if name not in (*unknown, *confirmed)]:
        needed = f"only {', '.join(unknown)} need it" if unknown else "the files state all rates"
        raise UsageError(f"--sfreq {unneeded[0]}: {needed}")
    if missing := [name for name in unknown if name not in stated]:
        options = " ".join(f"{name}=HZ" for name in missing)
        raise UsageError(f"no file states the sampling rate of {', '.join(missing)}. Add: --sfreq {options}")
    return [stated.get(modality.name) or known[modality.name] for modality in found]


def _choose_protocol(rows: Sequence[Row]) -> str:
    """Choose the strictest protocol that the subjects and trials allow.

    Args:
        rows: the rows of the manifest.

    Returns:
        Name of the protocol.
    """
    if len({subject for subject, _, _ in rows}) > 1:
        return "loso"
    return "trial_heldout" if len(rows) > 1 else "kfold"


def _write_manifest(rows: Mapping[Row, Mapping[str, Path]], columns: Sequence[str], labels: Sequence[str]) -> str:
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*COLUMNS, *columns, *labels])
    for row, files in rows.items():
        paths = [_relative(files[column]) if column in files else "" for column in columns]
        writer.writerow([*map(cell_text, row), *[""] * (len(COLUMNS) - len(row)), *paths, *[""] * len(labels)])
    return text.getvalue()


def _relative(file: Path) -> str:
    path = os.path.relpath(file)
    return path if path == cell_text(path) else f".{os.sep}{path}"
