"""Write the model card of a model folder, with the metadata block that model hubs read."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import yaml

from mpcl_core.interfaces.data import Modality
from mpcl_core.model.description import ModelDescription

TAGS = ("emotion-recognition", "label-distribution-learning", "physiological-signals")
"""The tags of every model."""

_SIMULATED = "**SIMULATED: no person was measured. The scores say nothing about people.**"

_LIMITS = """A prediction states which emotions people like those of the training data would be expected to report in
such a recording. It is no measurement of what a person feels, and no basis for decisions about a person. The model
holds for the devices, the situations and the questionnaire of its training data."""


def model_card(model: ModelDescription) -> str:
    """Return the text of the card.

    Args:
        model: the description of the model.

    Returns:
        Markdown.
    """
    paragraphs = [
        f"{metadata(model)}\n# {model.name}",
        _SIMULATED if model.trained_on.is_simulated else "",
        f"A {model.kind} that predicts the distribution over {len(model.labels)} emotions: {', '.join(model.labels)}.",
        _training(model),
        _evaluation(model),
        _error_bars(model),
        f"## Input\n\n{_table(model.inputs)}",
        "The model prepares signals itself (windows, filters, features, normalisation), as its recipe states.",
        '## Use\n\n```bash\nmpcl predict "this folder" RECORDING --out predictions.csv\n```',
        '```python\nimport mpcl_core\n\nmodel = mpcl_core.load_model("this folder")\nmodel.predict(windows)\n```',
        f"## Limits\n\n{_LIMITS}",
        f"## Versions\n\n{', '.join(f'{name} {version}' for name, version in model.versions.items())}",
    ]
    return "\n\n".join(filter(None, paragraphs)) + "\n"


def metadata(model: ModelDescription) -> str:
    """Return the metadata block that model hubs read.

    Args:
        model: the description of the model.

    Returns:
        YAML between two lines of dashes.
    """
    results = ""
    if (found := model.evaluation) is not None:
        task = {"type": "emotion-distribution", "name": "Predict emotion distributions"}
        is_simulated = model.trained_on.is_simulated
        kind, people = ("simulation", "simulated people") if is_simulated else ("recordings", "test people")
        data = {"type": kind, "name": f"{people} of the run {found.run} (grade: {found.grade})"}
        metrics = [{"type": name, "value": value} for name, value in found.scores.items()]
        entry = {"name": model.name, "results": [{"task": task, "dataset": data, "metrics": metrics}]}
        results = _yaml({"model-index": [entry]})
    return f"---\n{_library()}{results}---\n"


@cache
def _library() -> str:
    return _yaml({"library_name": "mpcl", "tags": list(TAGS)})


def _yaml(block: Mapping[str, Any]) -> str:
    text: str = yaml.safe_dump(block, sort_keys=False, allow_unicode=True)
    return text


def _evaluation(model: ModelDescription) -> str:
    found = model.evaluation
    if found is None:
        return "## Evaluation\n\nNo scores are known of this model: it was not fitted with `--evaluated-by RUN`."
    people = f"{found.subjects} people" if found.subjects else "windows of unknown people"
    rows = "\n".join(f"| {name} | {value:z.4f} |" for name, value in found.scores.items())
    coverage = (
        "" if found.coverage is None else f" The error bars of that run held in {found.coverage:.1%} of the windows."
    )
    return (
        f"## Evaluation\n\nThe run `{found.run}` trained the same recipe (variant `{found.variant}`) on a part of the "
        f"data and tested it on {people} (grade: {found.grade}).{coverage}\n\n| metric | mean |\n|---|---|\n{rows}\n\n"
        "`kl_divergence` is in nats; lower is better."
    )


def _error_bars(model: ModelDescription) -> str:
    bars = model.error_bars
    if bars.radius is None or bars.trial_radius is None:
        return f"## Error bars\n\nNone: {bars.reason}."
    calibrated = f"and was calibrated with {bars.trials} rated trial{'s' * (bars.trials > 1)}, " if bars.trials else ""
    return (
        f"## Error bars\n\nFor a new person who is like the training people, {calibrated}{bars.coverage:.0%} of the "
        f"windows are expected to have a true distribution within a total variation distance of {bars.radius:.3f} "
        f"(trials: a radius of {bars.trial_radius:.3f}). This rests on {bars.people} people whom a training left out "
        "(split-conformal by whole people)."
    )


def _training(model: ModelDescription) -> str:
    on = model.trained_on
    people = f" of {on.subjects} people" if on.subjects else ""
    epochs = f", {model.epochs} epochs" if model.epochs is not None else ""
    several = f", the first of {model.members} whose predictions are averaged" if model.members > 1 else ""
    text = f"It was trained on {on.windows} windows{people} (seed {model.seed}{epochs}{several})."
    if on.trial_seconds:
        text += (
            f" It averages the windows of a trial; the trials of the training lasted {on.trial_seconds:g} s (median). "
            f"Predict the course of a longer recording with `--stretch {on.trial_seconds:g}`."
        )
    if (found := model.calibration) is not None:
        text += (
            f" It was then calibrated to the person '{found.subject}' with {found.trials} rated trials, and is for "
            "this person only."
        )
    if on.fold:
        text += (
            f" These are the fitting windows of the fold '{on.fold}' of a run: the model was made to be scored on the "
            "others."
        )
    return text


def _table(modalities: Sequence[Modality]) -> str:
    rows = ["| modality | channels | rate (Hz) | unit |", "|---|---|---|---|"]
    for modality in modalities:
        channels = ", ".join(modality.ch_names) or str(modality.n_chans)
        rate = "features" if modality.sfreq is None else f"{modality.sfreq:g}"
        rows.append(f"| {modality.name} | {channels} | {rate} | {modality.unit or 'not stated'} |")
    return "\n".join(rows)
