"""The text of a recipe for a study that was found in a folder."""

import json
import re
from collections.abc import Sequence
from math import ceil

from mpcl_core.scaffold.modalities import Found

BEHAVIOUR = ("face", "gaze", "acceleration", "motion", "video")
"""What modalities of the behavioural stream are called; all others are physiological."""

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
_NOT_PLAIN = ("null", "true", "false", "nan", "inf")
_SECONDS = 4.0
_WIDTH = 100

TEXT = """\
# {name}, as it was found. Fill in the scores in {manifest}, correct what was guessed, then run:
#   mpcl check {name}.yaml
#   mpcl run {name}.yaml
name: {quoted}
dim: 32
source:
  use: folder
  path: {manifest}
  modalities:
{modalities}
  labels: [{labels}]
  floor: 0.0                                 # the lowest score of the scale
prepare:
  - {{use: window, length: {length}}}                 # seconds
protocol: {{use: {protocol}}}
transforms:
  - {{use: zscore}}
streams:
{streams}
head: {{use: linear}}
objectives:
  distribution: {{use: kl}}
"""


def recipe_text(
    name: str, manifest: str, found: Sequence[Found], rates: Sequence[float], labels: Sequence[str], protocol: str
) -> str:
    """A recipe that can be run when the manifest has scores.

    Args:
        name: of the recipe.
        manifest: the file name of the manifest.
        found: the modalities.
        rates: their sampling rates in Hz.
        labels: the columns with the scores.
        protocol: the name of a protocol that these subjects and trials allow.
    """
    return TEXT.format(
        name=name,
        quoted=_scalar(name),
        manifest=manifest,
        modalities="\n".join(_declared(*pair) for pair in zip(found, rates, strict=True)),
        labels=", ".join(map(_scalar, labels)),
        length=max(_SECONDS, float(ceil(8 / min(rates)))),
        protocol=protocol,
        streams="\n".join(_streams([modality.name for modality in found])),
    )


def _declared(modality: Found, sfreq: float) -> str:
    stated = {"unit": modality.unit, "column": modality.column, "part": modality.part}
    if modality.column == modality.name:
        del stated["column"]
    lines = [f"sfreq: {sfreq!r}", *(f"{key}: {_scalar(value)}" for key, value in stated.items() if value)]
    lines += _listed("channels", modality.channels)
    return "\n".join([f"    {modality.name}:", *(f"      {line}" for line in lines)])


def _listed(key: str, values: Sequence[str]) -> list[str]:
    """A list in lines of a readable length."""
    lines = [f"{key}: ["]
    for value in values:
        if len(lines[-1]) + len(_scalar(value)) > _WIDTH:
            lines.append("  ")
        lines[-1] += f"{_scalar(value)}, "
    return [line.rstrip() for line in [*lines[:-1], f"{lines[-1].removesuffix(', ')}]"]]


def _streams(names: Sequence[str]) -> list[str]:
    behaviour = [name for name in names if name.split("_")[0] in BEHAVIOUR]
    streams = {"physiological": [name for name in names if name not in behaviour], "behavioural": behaviour}
    return [line for stream, mine in streams.items() if mine for line in _stream(stream, mine)]


def _stream(name: str, modalities: Sequence[str]) -> list[str]:
    encoders = [f"      {modality}: {{use: {_encoder(modality)}}}" for modality in modalities]
    return [f"  {name}:", "    encoders:", *encoders, "    fusion: {use: mean}"]


def _encoder(modality: str) -> str:
    return "channel_tokens" if modality.split("_")[0] == "eeg" else "conv_tokens"


def _scalar(text: str) -> str:
    """The text as YAML: quoted unless it can be nothing but text."""
    plain = _PLAIN.match(text) and text.lower() not in _NOT_PLAIN
    return text if plain else json.dumps(text, ensure_ascii=False)
