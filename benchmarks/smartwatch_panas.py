"""Write smartwatch-panas as a folder study with a recipe: a negative control, in which no model may beat the mean.

    python benchmarks/smartwatch_panas.py FILE OUT
    mpcl run OUT/smartwatch-panas.yaml --set 'seeds=[0,1,2]'

FILE is an .npz with ``x`` (walks, features), ``feature_names``, ``subject``, ``condition``, ``items`` and
``panas_after_walk`` (Quiroz et al., 2018: 43 people, three walks each). Each walk becomes a file of one sample a part.
"""

import csv
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

PARTS = {"acceleration": "acc", "rotation": "gyro", "heart": "heart"}
POSITIVE = (
    *("interested", "excited", "strong", "enthusiastic", "proud"),
    *("alert", "inspired", "determined", "attentive", "active"),
)
RECIPE = """extends: mpcl-emopair
name: smartwatch-panas
source:
  use: folder
  path: recordings.csv
  floor: 1.0
  labels: [{labels}]
  valence: {{positive: [{positive}], negative: [{negative}]}}
  modalities:
{modalities}
prepare:
  - {{use: window, length: 1.0}}
  - {{use: statistics, modality: acceleration, features: [mean]}}
  - {{use: statistics, modality: rotation, features: [mean]}}
  - {{use: statistics, modality: heart, features: [mean]}}
protocol: {{use: subject_kfold, folds: 10}}
streams:
  heart: {{encoders: {{beats: null, heart_rate: null, ppg: null, heart: {{use: linear_tokens, tokens: 2}}}}}}
  skin: null
  motion:
    encoders: {{acceleration: {{use: linear_tokens, tokens: 2}}, rotation: {{use: linear_tokens, tokens: 2}}}}
    fusion: {{use: concat}}
    memory: {{use: tied_bank}}
references:
  canonical_ridge: {{use: canonical_ridge, first: [heart], second: [acceleration, rotation]}}
"""


def main(file: Path, out: Path) -> None:
    """Write the study.

    Args:
        file: the .npz.
        out: the folder for the study.
    """
    out.mkdir(parents=True, exist_ok=True)
    with np.load(file, allow_pickle=False) as archive:
        study = dict(archive)
    items = [str(item).lower() for item in study["items"]]
    columns = {part: _columns(study, word) for part, word in PARTS.items()}
    lines = list(_recordings(study, items, columns, out))
    with (out / "recordings.csv").open("w", newline="", encoding="utf-8") as table:
        writer = csv.DictWriter(table, lines[0])
        writer.writeheader()
        writer.writerows(lines)
    names = {part: ", ".join(study["feature_names"][own].tolist()) for part, own in columns.items()}
    recipe = RECIPE.format(
        labels=", ".join(items),
        positive=", ".join(POSITIVE),
        negative=", ".join(item for item in items if item not in POSITIVE),
        modalities="\n".join(f"    {part}: {{sfreq: 1.0, channels: [{each}]}}" for part, each in names.items()),
    )
    (out / "smartwatch-panas.yaml").write_text(recipe, encoding="utf-8")


def _columns(study: Mapping[str, np.ndarray], word: str) -> list[int]:
    return [i for i, name in enumerate(study["feature_names"].tolist()) if name.split("_")[1] == word]


def _recordings(
    study: Mapping[str, np.ndarray], items: list[str], columns: Mapping[str, list[int]], out: Path
) -> Iterator[dict[str, object]]:
    walks: Counter[int] = Counter()
    for i, number in enumerate(study["subject"].tolist()):
        walks[number] += 1
        subject, trial = f"s{number:02d}", f"walk{walks[number]}"
        files = {part: f"{subject}_{trial}_{part}.csv" for part in columns}
        for part, own in columns.items():
            values = [",".join(study["feature_names"][own].tolist()), ",".join(map(repr, study["x"][i, own].tolist()))]
            (out / files[part]).write_text("\n".join(values) + "\n", encoding="utf-8")
        ratings = dict(zip(items, study["panas_after_walk"][i].tolist(), strict=True))
        yield {"subject": subject, "trial": trial, "condition": f"mood{study['condition'][i]}", **files, **ratings}


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
