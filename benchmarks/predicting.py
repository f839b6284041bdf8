"""Predict a recording of 1,000 windows, over reading and preparing it: python benchmarks/predicting.py [--dim 64].

A model is fitted for one epoch on the simulator. Its recording lies once in a NumPy archive, which is the quickest to
read, and once in a CSV file. Processor time on one thread; aim 1.3 x.
"""

import argparse
import tempfile
import time
from functools import partial
from pathlib import Path

import numpy as np
import torch

import mpcl_core
from mpcl_core.app.prediction.model_input import ModelInput
from mpcl_core.app.prediction.predicting import input_windows, predict
from mpcl_core.model.model import Model
from pairs import ratio

SECONDS = 2002
"""Of windows of 4 s every 2 s, as the recipe cuts them."""


def write_archive(folder: Path, model: Model) -> Path:
    """Write noise with all signals of a model."""
    arrays: dict[str, object] = {}
    rng = np.random.default_rng(0)
    for modality in model.description.inputs:
        rate = modality.sfreq or 1.0
        arrays[modality.name] = rng.normal(size=(modality.n_chans, round(SECONDS * rate))).astype(np.float32)
        arrays |= {f"{modality.name}_sfreq": rate, f"{modality.name}_ch_names": np.array(modality.ch_names)}
        if modality.unit:
            arrays[f"{modality.name}_unit"] = modality.unit
    np.savez(folder / "recording.npz", **arrays)  # type: ignore[arg-type]
    return folder / "recording.npz"


def write_table(folder: Path, model: Model) -> Path:
    """Write noise with the first signal of a model."""
    modality = model.description.inputs[0]
    rate = modality.sfreq or 1.0
    values = np.random.default_rng(0).normal(size=(round(SECONDS * rate), modality.n_chans))
    lines = [",".join([f"{n / rate:.6f}", *(f"{value:.3f}" for value in row)]) for n, row in enumerate(values.tolist())]
    text = "\n".join([",".join(["time", *modality.ch_names]), *lines, ""])
    (folder / "recording.csv").write_text(text, encoding="utf-8")
    return folder / "recording.csv"


def read(model: Model, file: Path) -> int:
    """Read and prepare a recording."""
    return sum(len(part) for part in input_windows(model, ModelInput(file)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dim", type=int, default=64)
    parser.add_argument("--pairs", type=int, default=15)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as made:
        sets = ["train.epochs=1", "source.subjects=12", f"dim={arguments.dim}"]
        mpcl_core.fit("mpcl", Path(made) / "model", sets=sets, on_message=None)
        model = mpcl_core.load_model(Path(made) / "model")
        for file in (write_archive(Path(made), model), write_table(Path(made), model)):
            calls = partial(predict, model, ModelInput(file)), partial(read, model, file)
            found = ratio(*calls, pairs=arguments.pairs, clock=time.process_time)
            print(f"{read(model, file)} windows of a {file.suffix} file, predict over reading (aim 1.3): {found}")


if __name__ == "__main__":
    main()
