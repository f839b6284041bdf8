"""Read what a request asks to predict: windows as JSON, or an uploaded recording."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isfinite
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from jaxtyping import Float32

from mpcl_core.app.prediction.input_manifests import NAMES
from mpcl_core.app.prediction.model_input import ModelInput
from mpcl_core.app.prediction.predicting import input_windows, without_signals
from mpcl_core.app.prediction.table_inputs import takes_table
from mpcl_core.interfaces.data import Modality
from mpcl_core.interfaces.errors import DataError, UsageError, UserError
from mpcl_core.model.matching import describe_shape, describe_shapes
from mpcl_core.model.model import Model
from mpcl_core.model.table import Predictions, join_predictions
from mpcl_core.serving.settings import ServeSettings
from mpcl_core.toolkit.bounded_json import parse_json
from mpcl_core.toolkit.csv_table import DELIMITERS, csv_header

UPLOADS = (".csv", ".tsv", ".npz", ".edf", ".bdf", ".xdf", ".zip", ".parquet")
"""Kinds of recordings that may be uploaded: one file that refers to no other."""

_LONGEST_NAME = 60
_ANY_SHAPE = "windows × channels × samples"


class TooLargeRequestError(UserError):
    """Report a request that asks for more than one request may."""


def read_windows(
    body: bytes, settings: ServeSettings, modalities: Sequence[Modality]
) -> dict[str, Float32[np.ndarray, "N c t"]]:
    """Read windows from JSON.

    Args:
        body: ``{"eeg": [[[…]]], …}``: modality -> windows × channels × samples; null is a missing value.
        settings: the bounds.
        modalities: what the model takes, for errors.

    Returns:
        Modality -> values.

    Raises:
        DataError: the text is no such JSON, or a value is infinite.
        TooLargeRequestError: there are too many windows.
    """
    try:
        content = parse_json(body, settings.largest_body)
    except (ValueError, UnicodeDecodeError) as error:
        raise DataError(f"the body is not JSON: {error}") from None
    if not isinstance(content, dict) or not content:
        raise DataError(
            'the body must be an object such as {"eeg": [[[0.1, 0.2]]]}: windows × channels × samples. '
            f"The model takes: {describe_shapes(modalities)}"
        )
    known = {modality.name: describe_shape(modality) for modality in modalities}
    arrays = {str(name): _array(str(name), value, known.get(str(name), _ANY_SHAPE)) for name, value in content.items()}
    n = max(len(values) for values in arrays.values())
    if n > settings.most_windows:
        raise TooLargeRequestError(f"{n} windows, but one request may have at most {settings.most_windows}")
    return arrays


def _array(name: str, value: Any, shape: str) -> Float32[np.ndarray, "N c t"]:
    try:
        with np.errstate(over="ignore"):
            values = np.asarray(value, np.float32)
    except (ValueError, TypeError, OverflowError):
        raise DataError(f"must be numbers in lists of the same length, of the shape {shape}", None, name) from None
    if values.ndim != 3 or not values.size:
        raise DataError(f"shape {values.shape}, but the model takes {shape}", None, name)
    if np.isinf(values).any():
        raise DataError("holds an infinite or too large value", None, name)
    return values


def read_stretch(text: str) -> float | None:
    """Read how long the stretches are that count as trials.

    Args:
        text: a number of seconds; empty for recordings as they are.

    Returns:
        The seconds; None where the text is empty.

    Raises:
        DataError: it is no number above 0.

    Example:
        >>> read_stretch("60")
        60.0
    """
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not isfinite(seconds) or seconds <= 0:
        raise DataError(f"the stretch must be a number of seconds above 0, got {text[:40]!r}")
    return seconds


def predict_upload(
    model: Model,
    name: str,
    content: bytes,
    rates: Mapping[str, float],
    settings: ServeSettings,
    stretch: float | None = None,
) -> Predictions:
    """Predict an uploaded recording.

    Args:
        model: the model.
        name: of the file, whose suffix states its kind; nothing else of it is used as a path.
        content: of the file.
        rates: modality -> Hz, for files that do not state it.
        settings: the bounds.
        stretch: seconds that count as a trial each; None where the recording is one.

    Returns:
        One row a window.

    Raises:
        UsageError: the file is of no kind that may be uploaded, or is a manifest, which would name files of the server.
        DataError: it cannot be read, or is not what the model takes.
        TooLargeRequestError: it has too many windows, or takes too long.
    """
    suffix = Path(name).suffix.lower()
    if suffix not in UPLOADS:
        raise UsageError(f"a file of this kind cannot be uploaded; known kinds: {', '.join(UPLOADS)}")
    with TemporaryDirectory(prefix="mpcl-upload-") as folder:
        path = Path(folder) / "upload" / f"{_safe_stem(name)}{suffix}"
        path.parent.mkdir()
        path.write_bytes(content)
        try:
            return _predict_file(model, path, rates, settings, stretch)
        except TooLargeRequestError:
            raise
        except UserError as error:
            raise DataError(_for_page(str(error), path.parent)) from None
        except (ValueError, OSError, ArithmeticError, LookupError, EOFError, TypeError, MemoryError) as error:
            raise DataError(_for_page(f"{path.name} cannot be read: {error}", path.parent)) from None


def _predict_file(
    model: Model, path: Path, rates: Mapping[str, float], settings: ServeSettings, stretch: float | None
) -> Predictions:
    begin, n = time.monotonic(), 0
    is_manifest_kind = path.suffix in DELIMITERS and not takes_table(model.description)
    if is_manifest_kind and set(NAMES) & set(csv_header(path)):
        raise DataError("a table with the columns subject or trial lists files, and cannot be uploaded", path)
    parts: list[Predictions] = []
    for windows in input_windows(model, ModelInput(path, rates=rates), stretch=stretch):
        n += len(windows)
        if n > settings.most_windows:
            raise TooLargeRequestError(f"more than {settings.most_windows} windows, the most of one request")
        if time.monotonic() - begin > settings.seconds:
            raise TooLargeRequestError(
                f"takes longer than {settings.seconds:g} s; use mpcl predict for such recordings"
            )
        parts.append(replace(model.predict_matched(windows), windows=without_signals(windows)))
    joined = join_predictions(parts)
    joined.check_any_present()
    return joined


def _for_page(message: str, folder: Path) -> str:
    """Return a message without the path of the temporary folder and the name of the option.

    Returns:
        The message.
    """
    return message.replace(f"{folder}/", "").replace(str(folder), "upload").replace("--rate ", "")


def _safe_stem(name: str) -> str:
    stem = "".join(each if each.isalnum() or each in "-_" else "_" for each in Path(name).stem)
    return stem[:_LONGEST_NAME] or "recording"
