"""Load, list and use the damaged models, as commands and the public API do."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from support.fuzzing.actions import command
from support.fuzzing.world import World

MODEL_FILES = {"weights.safetensors", "transforms.safetensors", "README.md"}
"""The files of the model folders that are damaged."""


def models_of(world: World) -> Iterator[Path]:
    """Yield the model folders that are damaged, with the hashes of their files written again.

    Damage would be found by these hashes alone otherwise.

    Yields:
        The folders.
    """
    from mpcl_core.runs.model_files import FILES, read_model_description

    for folder in sorted((world.folder / "models").iterdir()):
        description = read_model_description(folder)
        if isinstance(files := description.get(FILES), dict) and set(files) <= MODEL_FILES:
            present = [name for name in files if (folder / name).is_file()]
            hashes = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in present}
            text = json.dumps({**description, FILES: {**files, **hashes}})
            if text != (folder / "model.json").read_text(encoding="utf-8"):
                (folder / "model.json").write_text(text, encoding="utf-8")
        yield folder


def load_models(world: World) -> str:
    """Load each model.

    Returns:
        The outcome.
    """
    import mpcl_core

    for folder in models_of(world):
        mpcl_core.load_model(folder)
    return "answered"


def predict_with_models(world: World) -> str:
    """Predict a few windows with each model.

    Returns:
        The outcome; refused where a prediction is not finite, which ``mpcl predict`` shows.
    """
    import mpcl_core

    for folder in models_of(world):
        model = mpcl_core.load_model(folder)
        windows = {m.name: np.ones((2, m.n_chans, m.n_times), np.float32) for m in model.modalities}
        model.predict(windows).columns()
    return "answered"


def list_models(world: World) -> str:
    """List the models, as ``mpcl models`` does.

    Returns:
        The outcome.
    """
    for _ in models_of(world):
        pass
    return command("models", "MODELS")(world)


OF_MODEL = (load_models, predict_with_models, list_models)
