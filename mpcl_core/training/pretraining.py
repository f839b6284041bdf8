"""Train a network without labels before it is trained with them (``train.pretrain``).

    L = Σ_o λ_o L_o(streams)     over the objectives o that use no labels

Windows of unrated subjects take part, and nothing of the head is trained. The optimiser is one of its own, so that the
training with labels starts with fresh moments.
"""

import torch
from torch import Tensor

from mpcl_core.interfaces.component_errors import naming_component_errors
from mpcl_core.interfaces.data import Batch, WindowSet
from mpcl_core.spec.training import PretrainSettings
from mpcl_core.training.optimizer import build_optimizer
from mpcl_core.training.phase import Phase
from mpcl_core.training.trial_bags import TrialBags
from mpcl_core.training.windows.device_windows import to_device


def pretrain(phase: Phase, settings: PretrainSettings, signals: WindowSet) -> None:
    """Train the network of a phase with the objectives that use no labels.

    Args:
        phase: the phase before its first epoch; its random state must be active.
        settings: ``train.pretrain``.
        signals: the windows behind the phase's transforms; their labels are not used.
    """
    device = phase.device.torch_device
    windows = to_device(signals, device, phase.learner.network.encoded)
    trials = TrialBags(signals, phase.pool.keep, device) if phase.pool else None
    optimizer = build_optimizer(phase.learner.parameters(), phase.settings)
    phase.learner.train()
    for _ in range(settings.epochs):
        for positions in (trials or windows).shuffled_positions(phase.settings.batch_size, phase.generator):
            batch = trials.batch(windows, positions, phase.generator) if trials else windows.batch(positions)
            with phase.device.autocast():
                loss = _loss(phase, settings, phase.with_dropped_modalities(batch))
            optimizer.zero_grad()
            if loss.requires_grad:
                torch.autograd.backward(loss)
            optimizer.step(settings.lr, phase.settings.clip)
    optimizer.zero_grad()


def _loss(phase: Phase, settings: PretrainSettings, batch: Batch) -> Tensor:
    state = phase.learner.network(batch.X, batch.present)
    with naming_component_errors():
        losses = [weight * phase.learner.objectives[name](state, batch) for name, weight in settings.objectives.items()]
    return torch.stack(losses).sum()
