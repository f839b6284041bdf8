"""Write the model card of a model folder, with the metadata block that model hubs read."""

from collections.abc import Sequence

from mpcl_core.interfaces.data import Modality
from mpcl_core.model.description import ModelDescription

_HEAD = """---
library_name: mpcl
tags:
- emotion-recognition
- label-distribution-learning
- physiological-signals
---
"""

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
        f"{_HEAD}\n# {model.name}",
        f"A {model.kind} that predicts the distribution over {len(model.labels)} emotions: {', '.join(model.labels)}.",
        _training(model),
        f"## Input\n\n{_table(model.inputs)}",
        "The model prepares signals itself (windows, filters, features, normalisation), as its recipe states.",
        '## Use\n\n```bash\nmpcl predict "this folder" RECORDING --out predictions.csv\n```',
        '```python\nimport mpcl_core\n\nmodel = mpcl_core.load_model("this folder")\nmodel.predict(windows)\n```',
        f"## Limits\n\n{_LIMITS}",
        f"## Versions\n\n{', '.join(f'{name} {version}' for name, version in model.versions.items())}",
    ]
    return "\n\n".join(filter(None, paragraphs)) + "\n"


def _training(model: ModelDescription) -> str:
    on = model.trained_on
    people = f" of {on.subjects} people" if on.subjects else ""
    epochs = f", {model.epochs} epochs" if model.epochs is not None else ""
    text = f"It was trained on {on.windows} windows{people} (seed {model.seed}{epochs})."
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
