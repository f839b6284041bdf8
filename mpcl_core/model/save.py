"""Store a trained network or a fitted estimator with its fitted transforms as a model folder."""

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mpcl_core.data.pooling import median_seconds
from mpcl_core.evaluation.error_bars import ErrorBars
from mpcl_core.interfaces.components import Estimator, FittedTransform
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.isolation.code_origin import installed_version
from mpcl_core.model.card import model_card
from mpcl_core.model.description import Evaluation, ModelDescription, TrainedOn, model_recipe
from mpcl_core.model.member import Member
from mpcl_core.model.model import Model
from mpcl_core.model.ranges import ModalityRange, training_ranges
from mpcl_core.model.stream_values import stream_values
from mpcl_core.model.training_trials import TrainingTrials
from mpcl_core.runs.layout import MIXTURE, MODEL_CARD, PLUGINS, TRANSFORMS, TRIALS, WEIGHTS, member_file
from mpcl_core.runs.model_files import read_model_file, write_model_files
from mpcl_core.runs.start_model import hash_name, start_models
from mpcl_core.spec.variant import VariantSpec, blocks
from mpcl_core.toolkit.name_codes import distinct_names
from mpcl_core.toolkit.state_file import encode_state
from mpcl_core.training.trained_network import TrainedNetwork

PACKAGES = ("mpcl", "torch", "numpy", "scikit-learn", "safetensors")
"""The packages whose versions a model states."""


@dataclass(frozen=True)
class Training:
    """Hold what was trained, and on what.

    Args:
        spec: the variant.
        fitting: the windows, before the fitted transforms; without signals where neither ranges nor trials need them.
        transforms: the fitted transforms, in order.
        trained: the network or the estimator.
        seed: of the training.
        fold: the label of the fold; empty for all windows.
        error_bars: how far true distributions lie from its predictions in people who were held out.
        evaluation: the scores of the run that evaluated the recipe; None for none.
        others: the further members of an ensemble.
        data_hash: SHA-256 of the windows; empty where it was not computed.
        ranges: the ranges of the fitting windows; None where they are to be computed from their signals.
    """

    spec: VariantSpec
    fitting: WindowSet
    transforms: Sequence[FittedTransform]
    trained: TrainedNetwork | Estimator
    seed: int
    fold: str = ""
    error_bars: ErrorBars = field(default_factory=ErrorBars)
    evaluation: Evaluation | None = None
    others: Sequence[Member] = ()
    data_hash: str = ""
    ranges: Mapping[str, ModalityRange] | None = None


def save_model(folder: Path, training: Training, plugins: Sequence[Path]) -> None:
    """Write a model folder, atomically: without its last file, ``model.json``, it is no model.

    Args:
        folder: the folder.
        training: what was trained.
        plugins: the one-file plugins of the recipe, of which those that the model uses are copied.

    Raises:
        PluginError: a component cannot be stored.
        OSError: a file cannot be written.
    """
    write_model_files(folder, *model_content(training, plugins))


def model_content(training: Training, plugins: Sequence[Path]) -> tuple[dict[str, bytes], dict[str, Any]]:
    """Return what a model folder holds.

    Args:
        training: what was trained.
        plugins: as `save_model`.

    Returns:
        Path in the folder -> content, and the content of ``model.json`` without the hashes.

    Raises:
        PluginError: a component cannot be stored.
        OSError: a plugin file cannot be read.
    """
    used = _used_plugins(training.spec, plugins)
    description = _describe(training, [f"{PLUGINS}/{file.name}" for file in used])
    files = _member_files((Member(training.transforms, training.trained), *training.others))
    if training.spec.name_trials and isinstance(training.trained, TrainedNetwork):
        files[TRIALS] = _trials(training.trained, training.fitting)
    files |= {f"{PLUGINS}/{file.name}": file.read_bytes() for file in used}
    files[MODEL_CARD] = model_card(description).encode()
    return files, description.as_json()


def _trials(trained: TrainedNetwork, windows: WindowSet) -> bytes:
    embeddings = stream_values(trained, windows, lambda stream: stream.z)
    return encode_state(TrainingTrials.of(windows, embeddings).state_dict())


def save_changed_model(folder: Path, out: Path, model: Model) -> None:
    """Write a model that was made of a stored one, with the plugin files of that one.

    Args:
        folder: the folder of the stored model.
        out: the folder to write.
        model: the changed model.

    Raises:
        DataError: a file of the stored model is missing or changed.
        OSError: a file cannot be written.
    """
    kept = [name for name in model.description.files if name == TRIALS or name.startswith(f"{PLUGINS}/")]
    files = {name: read_model_file(folder, name, model.description.files) for name in kept}
    files |= _member_files((Member(model.transforms, model.trained), *model.others))
    files[MODEL_CARD] = model_card(model.description).encode()
    write_model_files(out, files, model.description.as_json())


def _member_files(members: Sequence[Member]) -> dict[str, bytes]:
    files = {}
    for number, member in enumerate(members):
        files[member_file(number, WEIGHTS)] = member.weights()
        if member.transforms:
            files[member_file(number, TRANSFORMS)] = member.transform_states()
        if isinstance(member.trained, TrainedNetwork) and member.trained.mixture:
            files[member_file(number, MIXTURE)] = member.trained.mixture.encoded()
    return files


def _describe(training: Training, plugins: Sequence[str]) -> ModelDescription:
    spec, windows, trained = training.spec, training.fitting, training.trained
    subjects = set(distinct_names(windows.subject).tolist())
    source = spec.source.build() if spec.prepare else None
    return ModelDescription(
        name=spec.name,
        kind="network" if isinstance(trained, TrainedNetwork) else "estimator",
        recipe=model_recipe(spec if training.transforms else replace(spec, transforms=())),
        inputs=source.modalities if source else windows.modalities,
        modalities=windows.modalities,
        labels=windows.labels,
        valence=windows.valence,
        epochs=trained.epochs if isinstance(trained, TrainedNetwork) else None,
        seed=training.seed,
        trained_on=TrainedOn(
            windows=len(windows),
            subjects=len(subjects - {""}),
            fold=training.fold,
            data_hash=training.data_hash,
            trial_seconds=None if spec.pool is None else median_seconds(windows),
            **_people(spec, subjects),
        ),
        versions={name: found for name in PACKAGES if (found := installed_version(name))},
        plugins=tuple(plugins),
        error_bars=training.error_bars,
        ranges=training_ranges(windows) if training.ranges is None else dict(training.ranges),
        evaluation=training.evaluation,
        members=1 + len(training.others),
    )


def _people(spec: VariantSpec, names: set[str]) -> dict[str, Any]:
    """Return whose ratings a training learned from, directly or through the model that it started from.

    Returns:
        The fields ``people``, ``has_unknown_people`` and ``is_simulated`` of `TrainedOn`.
    """
    is_known = "source" in spec.recipe
    people = {spec.source.cls.name: {hash_name(name) for name in names if name}} if is_known else {}
    has_unknown = "" in names or not is_known
    for start in start_models({spec.name: spec}).values():
        for source, hashes in start.people.items():
            people[source] = people.get(source, set()) | hashes
        has_unknown |= not start.is_of_known_people
    return {
        "people": {name: tuple(sorted(each)) for name, each in people.items()},
        "has_unknown_people": has_unknown,
        "is_simulated": is_known and spec.is_simulated,
    }


def _used_plugins(spec: VariantSpec, plugins: Sequence[Path]) -> list[Path]:
    """Return the plugin files that hold a component which is needed to predict.

    Returns:
        Those of the files whose classes prepare, transform or predict.
    """
    if not plugins:
        return []
    parts = (*spec.prepare, *spec.transforms, *blocks(spec.model))
    files = {Path(inspect.getfile(block.cls)).resolve() for part in parts for block in blocks(part)}
    return [file for file in plugins if file.resolve() in files]
