"""A training step of a tiny MLP through the engine, skorch, Lightning, braindecode and scikit-learn, over a bare loop.

All train the same network, 40 -> 32 -> 5 with a rectifier, on the same fold of the same windows, in batches of 64, with
the KL divergence, AdamW and clipping where they have it (scikit-learn: its own MLP with Adam and a squared loss). The
bare loop indexes tensors, as one would write it. Each call is a training of some epochs; processor time of one thread,
each over the bare loop, with the bare loop against itself as a control. A library that is not installed is left out.
Aims: the engine <= 1.25 x, below skorch and below Lightning.  Run: python benchmarks/peers.py [--pairs 15]
"""

import argparse
import logging
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import kl_div

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from mpcl_core.interfaces.data import Modality, WindowSet
from mpcl_core.plugin import Encoder, Head, StreamInfo, StreamState
from mpcl_core.spec.network import NetworkSpec, StreamSpec
from mpcl_core.training.trainer import Trainer
from mpcl_plugins.bridges._torchaudio import register_stand_in
from mpcl_plugins.fusions.mean import Mean
from mpcl_plugins.objectives.kl import KL
from pairs import ratio
from support.specs import block, train

FEATURES, HIDDEN, EMOTIONS, BATCH, EPOCHS = 40, 32, 5, 64, 10
RATE, DECAY, CLIP = 0.01, 0.01, 1.0
LABELS = tuple(f"e{number}" for number in range(EMOTIONS))
Training = Callable[[], object]


def mlp() -> nn.Sequential:
    return nn.Sequential(nn.Linear(FEATURES, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, EMOTIONS))


class MLPTokens(Encoder):
    """The network as an encoder with one token as wide as there are emotions."""

    name = "mlp_tokens"

    def __init__(self, *, modality: Modality, dim: int) -> None:
        super().__init__(modality=modality, dim=dim)
        self.n_tokens, self.network = 1, mlp()

    def forward(self, x: Tensor) -> Tensor:
        return self.network(x.flatten(1)).unsqueeze(1)  # type: ignore[no-any-return]


class Logits(Head):
    """The embedding is the logits."""

    name = "logits"

    def __init__(
        self,
        *,
        streams: Sequence[StreamInfo],
        n_outputs: int,
        dim: int,
        valence: tuple[tuple[int, ...], ...] | None,
    ) -> None:
        super().__init__(streams=streams, n_outputs=n_outputs, dim=dim, valence=valence)

    def forward(self, streams: Mapping[str, StreamState]) -> tuple[Tensor, dict[str, Tensor]]:
        return streams["main"].z, {}


def fold() -> WindowSet:
    """The fitting windows of one of five folds over 20 people."""
    rng, n = np.random.default_rng(0), 640
    subject = np.repeat([f"s{number:02}" for number in range(20)], n // 20)
    X = {"features": rng.standard_normal((n, 1, FEATURES), np.float32)}
    D = rng.dirichlet(np.ones(EMOTIONS), n)
    windows = WindowSet(
        (Modality("features", 1, FEATURES),), X, {"features": np.ones(n, bool)}, D, LABELS, subject=subject
    )
    return windows.take(np.flatnonzero(~np.isin(subject, np.unique(subject)[:4])))


def divergence(logits: Tensor, D: Tensor) -> Tensor:
    return kl_div(logits.log_softmax(-1), D, reduction="batchmean")


def bare(X: Tensor, D: Tensor) -> Training:
    network = mlp()
    optimizer = torch.optim.AdamW(network.parameters(), RATE, weight_decay=DECAY, fused=True)

    def fit() -> None:
        for _ in range(EPOCHS):
            for rows in torch.randperm(len(X)).split(BATCH):
                loss = divergence(network(X[rows]), D[rows])
                optimizer.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                nn.utils.clip_grad_norm_(network.parameters(), CLIP)
                optimizer.step()

    return fit


def engine(windows: WindowSet) -> Training:
    spec = NetworkSpec(
        dim=EMOTIONS,
        streams={"main": StreamSpec({"features": block(MLPTokens)}, block(Mean), None)},
        head=block(Logits),
        objectives={"distribution": (block(KL), 1.0)},
        train=train(batch_size=BATCH, lr=RATE, weight_decay=DECAY, clip=CLIP),
    )
    phase = Trainer(spec, [], (0, 0), "cpu").phase(windows)
    return lambda: [phase.train_epoch() for _ in range(EPOCHS)]


def skorch(X: Tensor, D: Tensor) -> Training:
    from skorch import NeuralNet
    from skorch.callbacks import GradientNormClipping

    return _skorch(NeuralNet, X, D, GradientNormClipping(CLIP), train_split=None)


def braindecode(X: Tensor, D: Tensor) -> Training:
    register_stand_in()
    from braindecode import EEGRegressor  # EEGClassifier of braindecode 1.8 takes class numbers only
    from skorch.callbacks import GradientNormClipping

    return _skorch(EEGRegressor, X, D, GradientNormClipping(CLIP), train_split=None)


def _skorch(kind: Callable[..., Any], X: Tensor, D: Tensor, clipping: object, **options: Any) -> Training:
    class Divergence(nn.Module):
        def forward(self, logits: Tensor, D: Tensor) -> Tensor:
            return divergence(logits, D)

    net = kind(
        mlp(),
        criterion=Divergence,
        optimizer=torch.optim.AdamW,
        optimizer__fused=True,
        optimizer__weight_decay=DECAY,
        lr=RATE,
        batch_size=BATCH,
        iterator_train__shuffle=True,
        callbacks=[("clip", clipping)],
        verbose=0,
        **options,
    )
    net.initialize()
    return lambda: net.partial_fit(X, D, epochs=EPOCHS)


def lightning(X: Tensor, D: Tensor) -> Training:
    from lightning import LightningModule
    from lightning import Trainer as LightningTrainer
    from torch.utils.data import DataLoader, TensorDataset

    logging.getLogger("lightning.pytorch.utilities.rank_zero").setLevel(logging.ERROR)

    class Module(LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.network = mlp()

        def training_step(self, batch: tuple[Tensor, Tensor], _: int) -> Tensor:
            return divergence(self.network(batch[0]), batch[1])

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.AdamW(self.parameters(), RATE, weight_decay=DECAY, fused=False)

    module = Module()
    quiet = {"logger": False, "enable_checkpointing": False, "enable_progress_bar": False}
    options = {"accelerator": "cpu", "devices": 1, "gradient_clip_val": CLIP, "enable_model_summary": False}

    def fit() -> None:
        trainer = LightningTrainer(max_epochs=EPOCHS, **quiet, **options)  # type: ignore[arg-type]
        trainer.fit(module, DataLoader(TensorDataset(X, D), BATCH, shuffle=True))

    return fit


def scikit_learn(X: Tensor, D: Tensor) -> Training:
    from sklearn.neural_network import MLPRegressor

    network = MLPRegressor(
        hidden_layer_sizes=(HIDDEN,),
        batch_size=BATCH,
        max_iter=EPOCHS,
        n_iter_no_change=EPOCHS,
        alpha=0.0,
        learning_rate_init=RATE,
    )
    x, y = X.numpy(), D.numpy()
    return lambda: network.fit(x, y)


def trainings(X: Tensor, D: Tensor, windows: WindowSet) -> Iterator[tuple[str, Training]]:
    yield "the engine", engine(windows)
    for package, make in (
        ("skorch", skorch),
        ("lightning", lightning),
        ("braindecode", braindecode),
        ("sklearn", scikit_learn),
    ):
        if find_spec(package):
            yield package, make(X, D)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, default=15)
    pairs = parser.parse_args().pairs
    torch.set_num_threads(1)
    torch.manual_seed(0)
    warnings.simplefilter("ignore")
    windows = fold()
    X, D = torch.from_numpy(windows.X["features"].squeeze(1)), torch.tensor(windows.D, dtype=torch.float32)
    steps = EPOCHS * -(-len(X) // BATCH)
    for name, training in trainings(X, D, windows):
        found = ratio(training, bare(X, D), pairs=pairs, clock=time.process_time)
        print(f"{name:12} over a bare loop: {found}; {1e6 * found.a / steps:.0f} us a step", flush=True)
