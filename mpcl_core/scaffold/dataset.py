"""Make a manifest and a recipe for the files in a folder: ``mpcl new dataset``."""

import csv
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from typing import Protocol, runtime_checkable

from mpcl_core.interfaces.data import RatedStretch
from mpcl_core.interfaces.errors import DataError, UsageError
from mpcl_core.interfaces.suggestions import describe_missing
from mpcl_core.scaffold.events import StartLike, read_events
from mpcl_core.scaffold.file_names import Cell, is_bids, locate_file
from mpcl_core.scaffold.modalities import ChannelLike, DeclaredModality, find_modalities, is_face, list_roles
from mpcl_core.scaffold.participants import compare_participants
from mpcl_core.scaffold.questionnaire import Scale, read_scores
from mpcl_core.scaffold.rated_stretches import make_events, make_scores
from mpcl_core.scaffold.recipe_text import write_recipe
from mpcl_core.scaffold.trials import EventLike, Files, Trial, cut_by_files, cut_by_table, join_scores
from mpcl_core.toolkit.printable import cell_text

COLUMNS = ("subject", "session", "trial", "condition", "stimulus", "weight", "start", "stop")
SUBJECT_COLUMNS = ("subject", "subject_id", "participant", "participant_id", "person", "person_id")
"""The columns, in lower case, by which a table of several trials is told from a recording."""
KINDS = {".edf": "eeg", ".bdf": "eeg", ".zip": "e4"}
"""Suffix -> column if the name does not contain it; for other suffixes ``face`` or ``signals``."""
ORIGINS: Mapping[str, Sequence[str]] = {
    "bids": (),
    "e4": ("", ".zip"),
    "xdf": (".xdf",),
    "edf": (".edf", ".bdf"),
    "fif": (".fif",),
}
"""Origin of trials -> the suffixes of its files; '' is a folder. Files of ``bids`` are known by their names."""
_SAME = 0.005  # relative difference between a stated rate and that of the files, which may be measured

Row = tuple[str, str, str]
"""Subject, session and trial."""


@dataclass(frozen=True)
class Study:
    """State how the recordings of a study become rated trials.

    Args:
        labels: the columns for the scores.
        rates: modality -> sampling rate in Hz, for files that do not state it.
        origin: which files are taken, and cut at what they mark; None for all files, which are not cut.
        events: a table of events; None where there is none.
        scores: the table of a questionnaire; None where the scores will be filled in by hand.
        scale: of its items.
        questionnaires: the folder of questionnaires that state times and scores; None where there is none.
        offsets: a table of the seconds by which the clock of a person's recording is ahead of the questionnaire's.
        stretches: what the questionnaires state, on the clock of the recordings.
        tables: the files of questionnaires, events, scores and offsets, which are no recordings.
    """

    labels: Sequence[str]
    rates: Mapping[str, float]
    origin: str | None = None
    events: Path | None = None
    scores: Path | None = None
    scale: Scale | None = None
    questionnaires: Path | None = None
    offsets: Path | None = None
    stretches: tuple[RatedStretch, ...] = ()
    tables: tuple[Path, ...] = ()


@runtime_checkable
class FolderLike(Protocol):
    """Describe what is needed of the source `folder`."""

    suffixes: Sequence[str]

    def find_files(self, folder: Path) -> list[Path]:
        """Return what can be read in a folder.

        Returns:
            The files, and folders that are one recording.
        """

    def channels(self, file: Path) -> Sequence[ChannelLike]:
        """Return the channels of a file.

        Returns:
            The channels as the file describes them.
        """

    def find_events(self, files: Files) -> Sequence[EventLike]:
        """Return the stretches that the files of a recording mark.

        Returns:
            The stretches in order.
        """

    def find_first_start(self, files: Files) -> StartLike | None:
        """Return the absolute time at which a recording starts.

        Returns:
            The time; None where the files do not agree on one.
        """


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
        remarks: lines about trials without scores, and scores without trials.
    """

    manifest: str
    recipe: str
    recordings: int
    subjects: tuple[str, ...]
    modalities: tuple[DeclaredModality, ...]
    others: tuple[str, ...]
    left_out: int
    remarks: tuple[str, ...] = ()


def make_dataset(name: str, folder: Path, study: Study, source: FolderLike) -> Dataset:
    """Make a manifest with a row for each trial, and a recipe for it.

    Args:
        name: name of the recipe; the manifest will be ``NAME.csv`` in the current folder.
        folder: the folder of the files.
        study: how its recordings become rated trials.
        source: the source that reads the files.

    Returns:
        The texts, and what was found.

    Raises:
        UsageError: there is no such file, or the files cannot be arranged as a data set.
        DataError: a file is damaged.
    """
    found = _find_files(folder, study, source)
    named = [file for file in found if is_bids(file)] or found
    channels = {file: _read_channels(file, source.channels) for file in named}
    _refuse_tables(channels)
    rows = _group_files({file: _locate(file, folder, channels[file]) for file in named})
    columns = list(dict.fromkeys(column for files in rows.values() for column in files))
    _check_labels(study.labels, columns)
    by_column = {
        column: {files[column]: channels[files[column]] for files in rows.values() if column in files}
        for column in columns
    }
    modalities, others = find_modalities(by_column), list_roles(by_column)
    trials, remarks = _make_trials([Trial(*row, files) for row, files in rows.items()], study, source)
    if is_bids(named[0]):
        remarks += compare_participants(folder, (subject for subject, _, _ in rows))
    rates, protocol = _choose_rates(modalities, study.rates), _choose_protocol(trials)
    bounds = (study.scale.floor, study.scale.ceiling) if study.scale else None
    return Dataset(
        _write_manifest(trials, columns, study.labels),
        write_recipe(name, f"{name}.csv", modalities, rates, study.labels, protocol, others, bounds),
        len(trials),
        tuple(dict.fromkeys(trial.subject for trial in trials)),
        tuple(modalities),
        others,
        len(found) - len(named),
        tuple(remarks),
    )


def _make_trials(recordings: list[Trial], study: Study, source: FolderLike) -> tuple[list[Trial], list[str]]:
    """Cut the recordings, and add the scores.

    Args:
        recordings: a row for each recording.
        study: how its recordings become rated trials.
        source: the source that reads the files.

    Returns:
        The trials, and lines about what has no counterpart.
    """
    if study.questionnaires is not None and study.scale is not None:
        trials = cut_by_table(recordings, make_events(study.stretches, study.questionnaires), source.find_first_start)
        return join_scores(trials, make_scores(study.stretches, study.labels, study.scale))
    trials = recordings
    if study.events is not None:
        trials = cut_by_table(recordings, read_events(study.events), source.find_first_start)
    elif study.origin is not None:
        trials = cut_by_files(recordings, source.find_events)
    if study.scores is None:
        return trials, []
    if study.scale is None:
        raise UsageError("state the lowest and the highest score of an item: --scale 1 5")
    scores = read_scores(study.scores, study.labels, study.scale)
    trials, lines = join_scores(trials, scores)
    given = [score for trial in trials for score in trial.scores.values()]
    if min(given, default=study.scale.floor) > study.scale.floor:
        lines.append(f"No score is {study.scale.floor:g}, the floor; the lowest is {min(given):g}. Is the scale right?")
    return trials, lines


def _find_files(folder: Path, study: Study, source: FolderLike) -> list[Path]:
    if not folder.is_dir():
        is_file = f"{folder} is a file; name the folder that holds the recordings, or a feature table"
        raise UsageError(is_file if folder.exists() else describe_missing(folder, "folder or table"))
    tables = {table.resolve() for table in study.tables}
    found = [file for file in source.find_files(folder) if file.resolve() not in tables]
    if not found:
        raise UsageError(f"{folder} has no file of a known kind ({', '.join(source.suffixes)})")
    if (origin := study.origin) is None:
        return found
    wanted = [file for file in found if (is_bids(file) if origin == "bids" else _suffix(file) in ORIGINS[origin])]
    if not wanted:
        raise UsageError(f"{folder} has no file for --from {origin}; it has e.g. {found[0].name}")
    return wanted


def _suffix(file: Path) -> str:
    return "" if file.is_dir() else file.suffix.lower()


def _read_channels(file: Path, read_channels: Callable[[Path], Sequence[ChannelLike]]) -> Sequence[ChannelLike]:
    try:
        return read_channels(file)
    except DataError as error:
        if error.field == "header":  # the file is not damaged, but written otherwise
            raise UsageError(str(error)) from error
        raise


def _refuse_tables(channels: Mapping[Path, Sequence[ChannelLike]]) -> None:
    """Refuse a table with the rows of several trials: the column of its subjects is no signal.

    Raises:
        UsageError: a file is such a table.
    """
    for file, found in channels.items():
        column = next((channel.name for channel in found if channel.name.lower() in SUBJECT_COLUMNS), None)
        if column is not None:
            raise UsageError(
                f"{file} has a column '{column}', so it holds rows of several trials and is no recording. If these are "
                "scores or events, name it with --scores or --events, or move it out of the folder; if they are "
                f"features, name the table in place of the folder: mpcl new dataset NAME {file} --ratings …"
            )


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
        needed = (
            f"only {', '.join(unknown)} {'need' if unknown[1:] else 'needs'} it"
            if unknown
            else "the files state all rates"
        )
        raise UsageError(f"--rate {unneeded[0]}: {needed}")
    if missing := [name for name in unknown if name not in stated]:
        options = " ".join(f"--rate {name}=HZ" for name in missing)
        raise UsageError(f"no file states the sampling rate of {', '.join(missing)}. Add: {options}")
    return [stated.get(modality.name) or known[modality.name] for modality in found]


def _choose_protocol(trials: Sequence[Trial]) -> str:
    """Choose the strictest protocol that the subjects and trials allow.

    Args:
        trials: the rows of the manifest.

    Returns:
        Name of the protocol.
    """
    if len({trial.subject for trial in trials}) > 1:
        return "loso"
    return "trial_heldout" if len(trials) > 1 else "kfold"


def _write_manifest(trials: Sequence[Trial], columns: Sequence[str], labels: Sequence[str]) -> str:
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*COLUMNS, *columns, *labels])
    for trial in trials:
        about = [cell_text(getattr(trial, column, "")) for column in COLUMNS]
        paths = [relative_path(trial.files[column]) if column in trial.files else "" for column in columns]
        scores = [f"{trial.scores[label]:.10g}" if label in trial.scores else "" for label in labels]
        writer.writerow([*about, *paths, *scores])
    return text.getvalue()


def relative_path(file: Path) -> str:
    """Return a path from the current folder, as a cell that no program takes for a formula.

    Args:
        file: the file.

    Returns:
        The text.
    """
    path = os.path.relpath(file)
    return path if path == cell_text(path) else f".{os.sep}{path}"
