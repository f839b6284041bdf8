"""What share of the processor's rate of matrix products a training step of the complete model reaches.

    share = (operations of the step's products and convolutions / its time) / (operations of A B / its time)

with A and B 1024 x 1024 in float32, timed before and after each epoch in the same process. Operations are counted by
torch.utils.flop_counter; times are of this process's CPU, one thread, so that other work on the machine counts less.
The step is the engine's: batch, forward, backward, clipping, AdamW. The model is that of the recipe `described`
with batches of 128 rows: on raw windows of the simulator's shapes, and, with linear tokens in place of the
convolutions, on features of the shapes of DMER's published files and of its one-viewer sample.

Aims: 0.18 on features at d 64, 0.35 at d 128, 0.45 on raw windows at d 128.
Run: python benchmarks/matmul_share.py
     python benchmarks/matmul_share.py --device cuda     (wall time; against products of 8192 x 8192)
"""

import argparse
import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch.profiler import ProfilerActivity, profile

from mpcl_core.app.inspection.checking import check
from mpcl_core.data.prepare import output_modalities
from mpcl_core.interfaces.components import Source
from mpcl_core.interfaces.data import Modality, WindowSet
from mpcl_core.recipe.load import load
from mpcl_core.spec.network import NetworkSpec
from mpcl_core.spec.variant import VariantSpec
from mpcl_core.training.phase import Phase
from mpcl_core.training.trainer import Trainer
from roofline import Limits, operations
from roofline import seconds as wall

RECIPE = Path(__file__).resolve().parents[1] / "mpcl_core" / "recipes" / "described.yaml"
BATCH, STEPS, TURNS, OPERATORS, SIDE = 128, 8, 15, 8, 1024
PUBLISHED = (Modality("eeg", 18, 5), Modality("gsr", 1, 28), Modality("ppg", 1, 27), Modality("face", 1, 768))
SAMPLE = (Modality("eeg", 18, 4), Modality("gsr", 1, 4), Modality("ppg", 1, 4), Modality("face", 1, 32))
SETTINGS = {
    "features, d 64 (aim 0.18)": (64, PUBLISHED),
    "features, d 128 (aim 0.35)": (128, PUBLISHED),
    "the sample's features, d 64": (64, SAMPLE),
    "the sample's features, d 128": (128, SAMPLE),
    "raw windows, d 128 (aim 0.45)": (128, ()),
}
LINEAR = [
    f"streams.{stream}.encoders.{name}.use=linear_tokens"
    for stream, name in (("physiological", "ppg"), ("physiological", "gsr"), ("behavioural", "face"))
]


def model(dim: int, batch: int, features: tuple[Modality, ...], n: int = 0) -> tuple[VariantSpec, WindowSet]:
    """The model and n random rows (0: enough for `STEPS`), of the raw windows' shapes where there are no features."""
    changes = [f"dim={dim}", f"train.batch_size={batch}", *(LINEAR if features else [])]
    spec = check(load(RECIPE, changes)).specs["main"]
    source: Source = spec.source.build()
    prepared = output_modalities(source.modalities, [block.build() for block in spec.prepare])
    return spec, rows(features or prepared, source, n or batch * STEPS)


def phase(dim: int, features: tuple[Modality, ...], device: str = "cpu") -> Phase:
    """It before its first step."""
    spec, windows = model(dim, BATCH, features)
    return Trainer(network(spec), [], (0, 0), device).phase(windows)


def network(spec: VariantSpec) -> NetworkSpec:
    if not isinstance(spec.model, NetworkSpec):
        raise TypeError
    return spec.model


def rows(modalities: tuple[Modality, ...], source: Source, n: int) -> WindowSet:
    rng = np.random.default_rng(0)
    X = {m.name: rng.standard_normal((n, m.n_chans, m.n_times or 1), dtype=np.float32) for m in modalities}
    present = {m.name: np.ones(n, dtype=bool) for m in modalities}
    D = rng.dirichlet(np.ones(len(source.labels)), n)
    return WindowSet(modalities, X, present, D, source.labels, valence=source.valence)


def seconds(call: Callable[[], object]) -> float:
    started = time.process_time()
    call()
    return time.process_time() - started


def shares(run: Phase) -> tuple[list[float], list[float]]:
    """The share in each turn, and the seconds of a step."""
    counted, A, B = operations(run.train_epoch), torch.randn(SIDE, SIDE), torch.randn(SIDE, SIDE)
    found, times = [], []
    for turn in range(TURNS + 1):
        before, epoch, after = seconds(lambda: A @ B), seconds(run.train_epoch), seconds(lambda: A @ B)
        if turn:
            found.append(counted / epoch * (before + after) / 2 / (2 * SIDE**3))
            times.append(epoch / STEPS)
    return found, times


def operators(run: Phase) -> str:
    """Those that take most of the time, with their share of the sum and calls in a step.

    A call counts with the shortest time of the calls on the same shapes, since a profiler's clock runs on while other
    work has the processor.
    """
    with profile(activities=[ProfilerActivity.CPU], record_shapes=True) as seen:
        run.train_epoch()
    calls: dict[tuple[str, str], list[float]] = defaultdict(list)
    for event in seen.events():
        calls[event.name, str(event.input_shapes)].append(event.self_cpu_time_total)
    total: dict[str, float] = defaultdict(float)
    count: dict[str, int] = defaultdict(int)
    for (name, _), spent in calls.items():
        total[name] += min(spent) * len(spent)
        count[name] += len(spent)
    top = sorted(total, key=lambda name: -total[name])[:OPERATORS]
    return ", ".join(f"{name} {total[name] / sum(total.values()):.0%} ({count[name] / STEPS:.0f} x)" for name in top)


def cpu() -> None:
    for name, (dim, features) in SETTINGS.items():
        run = phase(dim, features)
        found, times = shares(run)
        spread = f"{min(found):.3f} to {max(found):.3f}"
        mflop, step = operations(run.train_epoch) / STEPS / 1e6, 1e3 * statistics.median(times)
        print(f"{name}: share {statistics.median(found):.3f} ({spread}), {mflop:.0f} MFLOP in {step:.1f} ms a step")
        print(f"    {operators(run)}")


def gpu() -> None:
    limits = Limits.measured()
    print(f"{torch.cuda.get_device_name()}, torch {torch.__version__}: {limits}")
    for name, (dim, features) in SETTINGS.items():
        run = phase(dim, features, "cuda")
        products = operations(run.train_epoch)
        step = statistics.median([wall(run.train_epoch) for _ in range(TURNS)]) / STEPS
        print(
            f"{name}: {1e3 * step:.1f} ms a step: {limits.reached(run.train_epoch, step, STEPS, products)}", flush=True
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    torch.set_num_threads(1)
    gpu() if parser.parse_args().device == "cuda" else cpu()
