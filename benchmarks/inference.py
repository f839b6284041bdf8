"""Predict with the network of a model and with its exported graph: python benchmarks/inference.py [RECIPE …].

Each recipe (the default `mpcl`, on features, and `described`, on raw signals) is fitted for one epoch on the simulator,
exported to ONNX into its folder, and compared on 1,000 windows with modalities absent at random (aim 1e-5). Then 1, 8
and 64 windows are predicted on one thread with transforms, by graph and by network, in processor time. Aims:
one window <= 1.0 ms and <= 0.25 x; 64 windows <= 1 x. A process that predicts from the file alone starts in
<= 0.5 s and imports no torch.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch

import mpcl_core
from mpcl_core.app.model_folders.exporting import export_into_folder, noise_windows
from mpcl_core.runs.layout import GRAPH
from pairs import ratio

START = """
import sys, time
started = time.perf_counter()
import numpy as np
import mpcl_core
model = mpcl_core.OnnxModel(sys.argv[1])
name, shape = next(iter(model.shapes.items()))
model.predict({name: np.zeros((1, *shape), np.float32)})
print(time.perf_counter() - started, "torch" in sys.modules)
"""


def start(file: Path) -> str:
    """Time a new process that predicts one window: from its first import, and as a whole."""
    inside, whole = [], []
    for _ in range(7):
        begun = time.perf_counter()
        done = subprocess.run([sys.executable, "-c", START, str(file)], capture_output=True, text=True, check=True)
        whole.append(time.perf_counter() - begun)
        seconds, has_torch = done.stdout.split()
        inside.append(float(seconds))
    return f"{statistics.median(inside):.2f} s, the whole process {statistics.median(whole):.2f} s, torch {has_torch}"


def measure(recipe: str, variant: str | None, dim: int, sets: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model"
        changes = [f"dim={dim}", "train.epochs=1", *sets]
        model = mpcl_core.fit(recipe, path, variant=variant, sets=changes, on_message=None)
        exported = export_into_folder(model, path)
        by_graph = mpcl_core.load_model(path)
        by_network = replace(by_graph, graph=None)
        print(
            f"{recipe}, d {dim}: largest difference on {exported.windows} windows {exported.difference:.1e} (aim 1e-5)"
        )
        for size, aim in ((1, 0.25), (8, 1.0), (64, 1.0)):
            windows = noise_windows(by_graph, size)
            found = ratio(
                partial(by_graph.distributions, windows),
                partial(by_network.distributions, windows),
                pairs=81,
                clock=time.process_time,
            )
            print(f"  {recipe}, {size} windows, graph over network (aim {aim}): {found}")
        print(f"  {recipe}, a process that only predicts from the file (aim 0.5 s): {start(path / GRAPH)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipes", nargs="*", default=["mpcl", "described"])
    parser.add_argument("--variant")
    parser.add_argument("--dim", type=int, default=64)
    parser.add_argument("--set", action="append", default=[], dest="sets")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    for recipe in arguments.recipes:
        measure(recipe, arguments.variant, arguments.dim, arguments.sets)
