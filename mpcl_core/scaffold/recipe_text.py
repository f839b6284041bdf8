"""Write the recipe of a study that was found in a folder."""

import json
import re
from collections.abc import Sequence
from math import ceil

from mpcl_core.scaffold.modalities import DeclaredModality

BEHAVIOUR = ("face", "gaze", "acceleration", "motion", "video")
"""Names of modalities of the behavioural stream; all others are physiological."""

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
_NOT_PLAIN = ("null", "true", "false", "nan", "inf")
_SECONDS = 4.0
_WIDTH = 100
_MOST_OTHERS = 10

TEXT = """\
# {name}, guessed from its files. {first}Correct the guesses, then run:
#   mpcl check {name}.yaml
#   mpcl run {name}.yaml
name: {quoted}
dim: 32
source:
  use: folder
  path: {manifest}
  modalities:{others}
{modalities}
  labels: [{labels}]
  floor: {floor!r}                                 # the lowest score of the scale
{ceiling}  ratings: share                             # how scores become a distribution; or above_floor, softmax
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
references:                                  # beside uniform, mean and knn, which are always there
  ridge: {{use: ridge}}
variants:
  plain: {{}}
  mpcl:                                      # the model that this framework is named after
    streams:
{memories}
    head: {{use: hsc}}{relations}
"""

RELATIONS = """
    objectives:
      prd: {use: prd, weight: 0.01}
      pcl: {use: pcl, weight: 0.01, retrieval: {use: hopfield, beta: 8.0}}"""
"""The objectives of MPCL that compare two streams."""


def write_recipe(
    name: str,
    manifest: str,
    found: Sequence[DeclaredModality],
    rates: Sequence[float],
    labels: Sequence[str],
    protocol: str,
    others: Sequence[str] = (),
    scale: tuple[float, float] | None = None,
) -> str:
    """Write a recipe that can be run when the manifest has scores.

    Args:
        name: name of the recipe.
        manifest: file name of the manifest.
        found: the modalities.
        rates: their sampling rates in Hz.
        labels: the columns with the scores.
        protocol: a protocol that these subjects and trials allow.
        others: the channels that are no signals, which a comment names.
        scale: the lowest and the highest score; None where the scores are not known yet.

    Returns:
        The text.
    """
    more = f" and {len(others) - _MOST_OTHERS} more" if len(others) > _MOST_OTHERS else ""
    comment = f"  # no signals: {_one_line(', '.join(others[:_MOST_OTHERS]))}{more}" if others else ""
    streams = _split_streams([modality.name for modality in found])
    return TEXT.format(
        name=name,
        first="" if scale else f"Fill in the scores in {manifest}. ",
        floor=scale[0] if scale else 0.0,
        ceiling=f"  ceiling: {scale[1]!r}\n" if scale else "",
        memories="\n".join(_add_memory(*stream) for stream in streams.items()),
        relations=RELATIONS if len(streams) > 1 else "",
        quoted=_scalar(name),
        manifest=manifest,
        others=comment,
        modalities="\n".join(_declare(*pair) for pair in zip(found, rates, strict=True)),
        labels=", ".join(map(_scalar, labels)),
        length=max(_SECONDS, float(ceil(8 / min(rates)))),
        protocol=protocol,
        streams="\n".join(line for stream in streams.items() for line in _write_stream(*stream)),
    )


def _declare(modality: DeclaredModality, sfreq: float) -> str:
    stated = {"unit": modality.unit, "column": modality.column, "part": modality.part}
    if modality.column == modality.name:
        del stated["column"]
    lines = [f"sfreq: {sfreq!r}", *(f"{key}: {_scalar(value)}" for key, value in stated.items() if value)]
    lines += _write_list("channels", modality.channels)
    return "\n".join([f"    {modality.name}:", *(f"      {line}" for line in lines)])


def _write_list(key: str, values: Sequence[str]) -> list[str]:
    """Write a list over lines of a readable length.

    Args:
        key: the key.
        values: the elements.

    Returns:
        The lines.
    """
    lines = [f"{key}: ["]
    for value in values:
        if len(lines[-1]) + len(_scalar(value)) > _WIDTH:
            lines.append("  ")
        lines[-1] += f"{_scalar(value)}, "
    return [line.rstrip() for line in [*lines[:-1], f"{lines[-1].removesuffix(', ')}]"]]


def _one_line(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)


def _split_streams(names: Sequence[str]) -> dict[str, list[str]]:
    behaviour = [name for name in names if name.split("_")[0] in BEHAVIOUR]
    streams = {"physiological": [name for name in names if name not in behaviour], "behavioural": behaviour}
    return {stream: members for stream, members in streams.items() if members}


def _add_memory(name: str, modalities: Sequence[str]) -> str:
    fusion = f"fusion: {{use: msaf, primary: {modalities[0]}}}, " if len(modalities) > 1 else ""
    return f"      {name}: {{{fusion}memory: {{use: prototype_bank}}}}"


def _write_stream(name: str, modalities: Sequence[str]) -> list[str]:
    encoders = [f"      {modality}: {{use: {_choose_encoder(modality)}}}" for modality in modalities]
    return [f"  {name}:", "    encoders:", *encoders, "    fusion: {use: mean}"]


def _choose_encoder(modality: str) -> str:
    return "channel_tokens" if modality.split("_")[0] == "eeg" else "conv_tokens"


def _scalar(text: str) -> str:
    """Write a text as YAML, with quotes unless YAML reads it as text without them.

    Args:
        text: the text.

    Returns:
        The YAML scalar.
    """
    plain = _PLAIN.match(text) and text.lower() not in _NOT_PLAIN
    return text if plain else json.dumps(text, ensure_ascii=False)
