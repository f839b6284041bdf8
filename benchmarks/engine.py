"""What the engine adds: to a training step over a plain loop, and to a batch over a raw index.

Aims: a step <= 0.15 ms more; a batch <= 1.2 x.  Run: python benchmarks/engine.py
"""

import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from mpcl_core import testing
from mpcl_core.interfaces.data import Batch, WindowSet
from mpcl_core.training.phase import Phase
from mpcl_core.training.trainer import Trainer
from mpcl_core.training.windows.device_windows import to_device
from pairs import ratio
from support.specs import network

SIZE = 32


def phase(windows: WindowSet) -> Phase:
    trainer = Trainer(network(batch_size=SIZE), [], (0, 0), "cpu")
    return trainer.phase(windows)


def plain_loop(windows: WindowSet) -> "tuple[object, int]":
    """The same network, objectives and optimiser in a loop written by hand."""
    learner = phase(windows).learner
    X = {name: torch.from_numpy(values) for name, values in windows.X.items()}
    present = {name: torch.from_numpy(mask) for name, mask in windows.present.items()}
    D, weight = torch.tensor(windows.D).float(), torch.tensor(windows.weight).float()
    optimizer = torch.optim.AdamW(learner.parameters(), lr=0.01, weight_decay=0.01, fused=True)

    def epoch() -> None:
        learner.train()
        for rows in torch.randperm(len(D)).split(SIZE):
            batch = Batch(
                {name: values[rows] for name, values in X.items()},
                {name: mask[rows] for name, mask in present.items()},
                D[rows],
                weight[rows],
            )
            _, losses = learner(batch)
            optimizer.zero_grad()
            losses["loss"].backward()
            torch.nn.utils.clip_grad_norm_(learner.parameters(), 1.0)
            optimizer.step()

    return epoch, -(-len(D) // SIZE)


def step() -> None:
    windows = testing.study(subjects=20, trials=20)
    engine = phase(windows)
    plain, steps = plain_loop(windows)
    found = ratio(engine.train_epoch, plain, pairs=31)
    print(f"an epoch of {steps} steps, engine against plain loop: {found}")
    print(f"  the engine adds {1e3 * found.difference / steps:.3f} ms to a step (aim 0.15)")


def batch() -> None:
    windows = testing.study(subjects=20, trials=20)
    rows = to_device(windows, torch.device("cpu"))
    X = {name: torch.from_numpy(values) for name, values in windows.X.items()}
    present = {name: torch.from_numpy(mask) for name, mask in windows.present.items()}
    D, weight = torch.tensor(windows.D).float(), torch.tensor(windows.weight).float()
    indices = list(torch.randperm(len(D), generator=torch.Generator().manual_seed(0)).split(128)) * 20

    def ours() -> None:
        for index in indices:
            rows.batch(index)

    def raw() -> None:
        for index in indices:
            _ = [values[index] for values in (*X.values(), *present.values(), D, weight)]

    print(f"{len(indices)} batches of 128, Rows against a raw index (aim 1.2): {ratio(ours, raw, pairs=31)}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    step()
    batch()
