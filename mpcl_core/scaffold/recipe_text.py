"""Write the recipe of a study that was found in a folder, or in a feature table."""

import json
import re
from collections.abc import Mapping, Sequence
from math import ceil

from mpcl_core.scaffold.feature_choice import choose_features, choose_stream
from mpcl_core.scaffold.modalities import DeclaredModality

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
_NOT_PLAIN = ("null", "true", "false", "nan", "inf")
_SECONDS = 4.0
_WIDTH = 100
_MOST_OTHERS = 10

TEXT = """\
# {name}, guessed from {origin}. {first}Correct the guesses, then run:
#   mpcl check {name}.yaml
#   mpcl run {name}.yaml
name: {quoted}
dim: 32
source:
{source}
  labels: [{labels}]
  floor: {floor!r}                                 # the lowest score of the scale
{ceiling}  ratings: share                             # how scores become a distribution; or above_floor, softmax
{prepare}protocol: {{{protocol}}}
transforms:
{transforms}
{pool}streams:
{streams}
head: {{use: hierarchical_linear, dropout: 0.5}}
objectives:
  distribution: {{use: kl}}{relations}
references:                                  # beside uniform, mean and knn, which are always there
  ridge: {{use: ridge, space: log_ratio}}
  modality_ridge: {{use: modality_ridge}}
train:
  {{epochs: 60, patience: 60, choose: last, batch_size: 512, lr: 1.0e-3, weight_decay: 0.1,
   modality_dropout: 0.15{pretraining}}}
variants:
  mpcl: {{}}                                   # the default model of this framework
  no_module:                                 # the same network without its modules{without}
    head: {{use: linear, dropout: 0.5}}{removed}
"""

FOLDER = """\
  use: folder
  path: {manifest}
  modalities:{others}
{modalities}"""
TABLE = """\
  use: table
  path: {table}
{names}  modalities:                                # name: columns; remove what is an answer, an order or a time
{modalities}"""
PREPARE = """\
prepare:                                     # features of each window
  - {{use: window, length: {length}}}                 # seconds
{features}
"""
BY_PERSON = "  - {use: zscore, scope: subject}            # each person's windows by their own mean and spread"
BY_ALL = "  - {use: zscore}                            # people have too few rows to be normalised by themselves"
POOL = """\
pool: {unit: trial, keep: 0.5}               # a rating belongs to its trial; without this line, windows are learned
"""

# What compares two streams: the default model learns it before it learns ratings. A single stream has no bank either:
# one without a pre-training has a higher error than none (docs/results/trials.md).
PRETRAINING = """,
   pretrain: {epochs: 60, lr: 5.0e-3, objectives: {pcl: 1.0}}"""
RELATIONS = """
  pcl: {use: pcl, weight: 0.0, retrieval: {use: hopfield, beta: 8.0}} # in the pre-training"""
WITHOUT = """
    streams: {{{banks}}}"""
REMOVED = """
    objectives: {pcl: null}
    train: {pretrain: null}"""


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
    features = [choose_features(modality.name, sfreq) for modality, sfreq in zip(found, rates, strict=True)]
    streams: dict[str, list[str]] = {}
    for modality, chosen in zip(found, features, strict=True):
        streams.setdefault(choose_stream(modality.name), []).extend(chosen.tables)
    return _fill(
        name,
        labels,
        scale,
        streams,
        origin="its files",
        first="" if scale else f"Fill in the scores in {manifest}. ",
        source=FOLDER.format(
            manifest=manifest,
            others=comment,
            modalities="\n".join(_declare(*pair) for pair in zip(found, rates, strict=True)),
        ),
        prepare=PREPARE.format(
            length=max(_SECONDS, float(ceil(8 / min(rates)))),
            features="\n".join(f"  - {line}" for chosen in features for line in chosen.steps),
        ),
        protocol=f"use: {protocol}",
        transforms=BY_PERSON,
        pool=POOL,
    )


def write_table_recipe(
    name: str,
    table: str,
    names: Mapping[str, str],
    modalities: Mapping[str, Sequence[str]],
    labels: Sequence[str],
    protocol: str,
    scale: tuple[float, float] | None,
    is_by_person: bool,
    is_pooled: bool,
) -> str:
    """Write a recipe for a feature table.

    Args:
        name: name of the recipe.
        table: the path of the table.
        names: what names a row (``subject``, ``trial``) -> its column, where that has no usual name.
        modalities: name -> columns.
        labels: the columns with the scores.
        protocol: ``use`` and parameters of a protocol that these people and trials allow.
        scale: the lowest and the highest score; None where they are not stated.
        is_by_person: whether people have enough rows to be normalised by themselves.
        is_pooled: whether trials have several rows, with one rating.

    Returns:
        The text.
    """
    streams: dict[str, list[str]] = {}
    for modality in modalities:
        streams.setdefault(choose_stream(modality), []).append(modality)
    declared = (line for pair in modalities.items() for line in _write_list(*pair))
    return _fill(
        name,
        labels,
        scale,
        streams,
        origin="its table",
        first="",
        source=TABLE.format(
            table=_scalar(table),
            names="".join(f"  {key}: {_scalar(column)}\n" for key, column in names.items()),
            modalities="\n".join(f"    {line}" for line in declared),
        ),
        prepare="",
        protocol=f"use: {protocol}",
        transforms=BY_PERSON if is_by_person else BY_ALL,
        pool=POOL if is_pooled else "",
    )


def _fill(
    name: str,
    labels: Sequence[str],
    scale: tuple[float, float] | None,
    streams: Mapping[str, Sequence[str]],
    **parts: str,
) -> str:
    """Fill in what is written alike for folders and tables.

    Returns:
        The text.
    """
    has_relations, banks = len(streams) > 1, ", ".join(f"{stream}: {{memory: null}}" for stream in streams)
    return TEXT.format(
        name=name,
        floor=scale[0] if scale else 0.0,
        ceiling=f"  ceiling: {scale[1]!r}\n" if scale else "",
        quoted=_scalar(name),
        labels=", ".join(map(_scalar, labels)),
        streams="\n".join(line for stream in streams.items() for line in _write_stream(*stream, has_relations)),
        relations=RELATIONS if has_relations else "",
        pretraining=PRETRAINING if has_relations else "",
        without=WITHOUT.format(banks=banks) if has_relations else "",
        removed=REMOVED if has_relations else "",
        **parts,
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


def _write_stream(name: str, tables: Sequence[str], has_bank: bool) -> list[str]:
    encoders = [f"      {table}: {{use: linear_tokens, tokens: 2}}" for table in tables]
    fusion = "concat" if len(tables) > 1 else "mean"
    memory = ["    memory: {use: tied_bank}"] if has_bank else []
    return [f"  {name}:", "    encoders:", *encoders, f"    fusion: {{use: {fusion}}}", *memory]


def _scalar(text: str) -> str:
    """Write a text as YAML, with quotes unless YAML reads it as text without them.

    Args:
        text: the text.

    Returns:
        The YAML scalar.
    """
    plain = _PLAIN.match(text) and text.lower() not in _NOT_PLAIN
    return text if plain else json.dumps(text, ensure_ascii=False)
