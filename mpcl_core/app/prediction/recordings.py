"""Open recordings, or a manifest of them, through the source ``folder``; they need no ratings."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mpcl_core.app.prediction.input_manifests import NAMES, manifest_entries, rated_entries, write_manifest
from mpcl_core.app.prediction.score_rules import score_rules
from mpcl_core.interfaces.components import Source
from mpcl_core.interfaces.errors import DataError, UsageError
from mpcl_core.interfaces.suggestions import list_names, suggest_name
from mpcl_core.model.description import ModelDescription
from mpcl_core.runs.result_files import check_no_results, result_files
from mpcl_core.scaffold.file_names import locate_file
from mpcl_core.toolkit.channel_labels import find_label
from mpcl_core.toolkit.csv_table import DELIMITERS, Row, csv_header
from mpcl_registry.discover import discover

_SLOWEST = 10  # times: a recording with a rate so much lower than the model's holds little of what it was trained on


@contextmanager
def open_recordings(
    path: Path,
    model: ModelDescription,
    rates: Mapping[str, float],
    is_rated: bool = False,
    on_message: Callable[[str], None] = lambda _: None,
) -> Iterator[Source]:
    """Open a manifest, a recording or a folder of recordings as a source; it may hold no ratings.

    Files are found as by ``mpcl new dataset``, also in folders below. Names of BIDS state subject, session and trial,
    and files that agree in these are one recording; other files have the name of their folder as subject, and their
    own as trial.

    Args:
        path: the file or folder.
        model: the model, which states the channels and units.
        rates: modality -> Hz, for files that do not state it.
        is_rated: keep the scores of a manifest, which has a column for each emotion; where some are missing, the rule
            of the model's source (``missing``) decides.
        on_message: called with a line for each modality and other spelling of its channels, and for ratings that are
            left out.

    Yields:
        The source.

    Raises:
        DataError: the model takes no signals; a file is of no known kind, has none of the model's modalities, or does
            not state its rate, or two files of a recording hold the same modality.
    """
    folder: Any = discover(entries=()).catalog.find("source", "folder")
    declared = _declared(model, rates)
    if not declared:
        source = model.recipe.get("source", {}).get("use", "")
        raise DataError(f"the model takes features, which its source '{source}' reads; name a recipe with it", path)
    rules = score_rules(model) if is_rated else {}
    is_table = path.suffix.lower() in DELIMITERS and path.is_file()
    is_manifest = is_table and set(NAMES) <= set(csv_header(path))
    if is_manifest:
        stated = _stated_modalities(model)
        columns = {name: stated.get(name, {}).get("column") or name for name in declared}
        rows = manifest_entries(path, columns, model.labels if is_rated else ())
        if is_rated:
            rows = rated_entries(path, rows, model.labels, rules.get("missing", "drop"), on_message)
    elif is_rated:
        raise DataError("holds no ratings; name a manifest with a column of scores for each emotion, or a recipe", path)
    else:
        rows = _find_recordings(folder, path, declared)
    used = {name: values for name, values in declared.items() if any(row.get(name) for row in rows)}
    files = {name: [Path(file) for file in dict.fromkeys(row[name] for row in rows if row.get(name))] for name in used}
    channels_of = {
        name: {file: _find_channels(folder, file, values["channels"]) for file in files[name]}
        for name, values in used.items()
    }
    _check_rates_stated({name: found for name, found in channels_of.items() if name not in rates})
    for name, values in used.items():
        found = channels_of[name]
        if name not in rates:
            values["sfreq"] = _stated_rate(found, name, values["sfreq"])
        parts = {channel.part for channels in found.values() for _, channel in channels}
        if len(parts) == 1 and "part" not in values and (part := parts.pop()):
            values["part"] = part
        for line in _other_spellings(found):
            on_message(f"{name}: {line}")
    with tempfile.TemporaryDirectory() as made:
        manifest = Path(made) / "manifest.csv"
        write_manifest(manifest, rows, model.labels)
        try:
            yield folder(path=manifest, modalities=folder_modalities(folder, used), labels=model.labels, **rules)
        except DataError as error:
            if error.path != manifest:
                raise
            place = (path, error.field, None, error.line) if is_manifest else (None, error.field)
            raise DataError(error.message, *place) from None


def folder_modalities(folder: Any, declared: Mapping[str, Mapping[str, Any]]) -> Any:
    """Return declarations of modalities in the type that the source takes.

    Args:
        folder: the class of the source.
        declared: name -> its values.

    Returns:
        Name -> declaration.
    """
    from pydantic import TypeAdapter

    annotation = folder.__init__.__annotations__["modalities"]
    return TypeAdapter(annotation).validate_python({name: dict(values) for name, values in declared.items()})


def _stated_modalities(model: ModelDescription) -> Mapping[str, Mapping[str, Any]]:
    """Return what the source ``folder`` of the training states of each modality, if it was that one.

    Returns:
        Name -> channels, rate, column and part.
    """
    source = model.recipe.get("source", {})
    return source.get("modalities", {}) if source.get("use") == "folder" else {}


def _declared(model: ModelDescription, rates: Mapping[str, float]) -> dict[str, dict[str, Any]]:
    """Return how the source ``folder`` reads the model's modalities.

    Returns:
        Name -> channels, rate, unit and part; the column of the manifest is the name.

    Raises:
        UsageError: a rate is of no modality of the model.
    """
    stated = _stated_modalities(model)
    signals = {modality.name: modality for modality in model.inputs if modality.sfreq is not None}
    if strange := [name for name in rates if name not in signals]:
        takes = f"The model takes: {', '.join(signals)}."
        raise UsageError(f"--rate {strange[0]}: no such modality. {takes}{suggest_name(strange[0], signals)}")
    found: dict[str, dict[str, Any]] = {}
    for modality in signals.values():
        channels = modality.ch_names or tuple(f"{modality.name}{n or ''}" for n in range(modality.n_chans))
        found[modality.name] = {
            "channels": channels,
            "sfreq": rates.get(modality.name, modality.sfreq),
            "unit": modality.unit,
        }
        if part := stated.get(modality.name, {}).get("part"):
            found[modality.name]["part"] = part
    return found


def _find_recordings(folder: Any, path: Path, declared: Mapping[str, Mapping[str, Any]]) -> list[Row]:
    """Return a row for each recording in a file or folder.

    Returns:
        Subject, session, trial, and modality -> file.
    """
    check_no_results(path)
    path, results = path.absolute(), result_files(path)
    files = [file for file in folder.find_files(path) if file not in results] if path.is_dir() else [path]
    if not files:
        raise DataError(f"holds no recording. Known kinds: {', '.join(folder.suffixes)}", path)
    top = path if any(path in file.parent.parents for file in files) else files[0].parent.parent
    rows: dict[tuple[str, str, str], dict[str, str]] = {}
    for file in files:
        cell = locate_file(file, top, "")
        row = rows.setdefault((cell.subject, cell.session, cell.trial), {})
        for name in _modalities_in(folder, file, declared):
            if name in row:
                raise DataError(
                    f"and {Path(row[name]).name} both hold {name} of subject '{cell.subject}', trial '{cell.trial}'; "
                    "rename one, or name a manifest",
                    file,
                )
            row[name] = str(file)
    names = ("subject", "session", "trial")
    return [Row(dict(zip(names, key, strict=True)) | row, line) for line, (key, row) in enumerate(rows.items(), 2)]


def _modalities_in(folder: Any, file: Path, declared: Mapping[str, Mapping[str, Any]]) -> list[str]:
    names = {channel.name for channel in folder.channels(file)} - {""}
    held = []
    for name, values in declared.items():
        lacking = [channel for channel in values["channels"] if not find_label(channel, sorted(names))]
        if names and lacking and len(lacking) < len(values["channels"]):
            raise DataError(f"lacks {', '.join(lacking)}, which the model takes", file, name)
        if not names or not lacking:
            held.append(name)
    if not held:
        needed = "; ".join(f"{name}: {', '.join(values['channels'])}" for name, values in declared.items())
        raise DataError(f"has none of the model's channels ({needed}). It has: {list_names(sorted(names))}", file)
    return held


def _find_channels(folder: Any, file: Path, wanted: Sequence[str]) -> list[tuple[str, Any]]:
    """Find the channels that a model takes in a file.

    Returns:
        Pairs of the model's label and the file's channel; in a file without any name, all have an empty label.
    """
    channels = folder.channels(file) if file.exists() else ()
    names = [channel.name for channel in channels]
    labels = {name: label for label in wanted for name in find_label(label, names)} if any(names) else {"": ""}
    return [(labels[channel.name], channel) for channel in channels if channel.name in labels]


def _other_spellings(found: Mapping[Path, Sequence[tuple[str, Any]]]) -> list[str]:
    """Describe how files spell channels, once for all files that spell them alike.

    Returns:
        A line for each spelling that is not the model's.
    """
    files: dict[tuple[str, ...], list[str]] = {}
    for file, channels in found.items():
        renamed = tuple(f"'{channel.name}' as {label}" for label, channel in channels if channel.name != label)
        files.setdefault(renamed, []).append(file.name)
    return [
        f"{list_names(alike, 3)} spell{'' if alike[1:] else 's'} channels otherwise; the model takes "
        f"{list_names(renamed, 4)}"
        for renamed, alike in files.items()
        if renamed
    ]


def _check_rates_stated(found: Mapping[str, Mapping[Path, Sequence[tuple[str, Any]]]]) -> None:
    """Check that files state the rates of their channels, since a wrong one gives plausible numbers.

    Args:
        found: modality -> file -> pairs of a label and a channel.

    Raises:
        DataError: a file does not state a rate; names all modalities that lack one.
    """
    lacking: dict[str, Path] = {}
    for name, channels_of in found.items():
        for file, channels in channels_of.items():
            if any(channel.sfreq is None for _, channel in channels):
                lacking.setdefault(name, file)
    if lacking:
        names, options = (form.join(lacking) for form in ("', '", "=HZ --rate "))
        what = "it with" if len(lacking) == 1 else "each:"
        first = next(iter(lacking.values()))
        raise DataError(f"does not state the rate of '{names}'; name {what} --rate {options}=HZ", first)


def _stated_rate(found: Mapping[Path, Sequence[tuple[str, Any]]], name: str, declared: float) -> float:
    """Return the rate that files state.

    Returns:
        Hz; the model's where the channels have several, or where the input is a folder, which the source checks.

    Raises:
        DataError: files state different ones, or one that is far too low for the model.
    """
    stated: dict[float, Path] = {}
    for file, channels in found.items():
        rates = {channel.sfreq for _, channel in channels}
        if len(rates) == 1:
            stated.setdefault(float(rates.pop()), file)
    if len(stated) > 1:
        (one, first), (other, second), *_ = stated.items()
        raise DataError(
            f"has '{name}' at {other:g} Hz, but {first.name} at {one:g} Hz; predict them one by one", second
        )
    rate = next(iter(stated), declared)
    if declared > _SLOWEST * rate:
        message = f"has '{name}' at {rate:g} Hz, which is too low for the model's {declared:g} Hz"
        raise DataError(f"{message}; are its times in milliseconds? Then name the column time_ms", stated[rate])
    return rate
