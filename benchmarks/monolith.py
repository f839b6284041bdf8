"""The complete model of the recipe `described` in one module, written by hand, and its training step beside ours.

Same equations, same masks, same parameters (`tests/test_monolith.py` holds loss and gradients equal to 1e-5).
Aim: no difference outside the control's noise.  Run: python benchmarks/monolith.py
"""

import copy
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from mpcl_core.app.inspection.checking import check
from mpcl_core.data.prepare import output_modalities
from mpcl_core.interfaces.data import Batch
from mpcl_core.recipe.load import load
from mpcl_core.spec.network import NetworkSpec
from mpcl_core.training.network import Learner, Network
from pairs import ratio

RECIPE = Path(__file__).resolve().parents[1] / "mpcl_core" / "recipes" / "described.yaml"
BETAS, TAU, LAMBDA = (1.0, 4.0, 16.0), 0.1, 0.01


def complete_model(dim: int) -> tuple[Learner, Batch]:
    """Ours, and a batch of 64 random rows."""
    checked = check(load(RECIPE, [f"dim={dim}"]))
    spec = checked.specs["main"]
    source = spec.source.build()
    modalities = output_modalities(source.modalities, [block.build() for block in (*spec.prepare, *spec.transforms)])
    if not isinstance(spec.model, NetworkSpec):
        raise TypeError
    torch.manual_seed(0)
    network = Network(spec.model, modalities, source.labels, source.valence)
    learner = Learner(network, spec.model, len(source.labels))
    batch = Batch(
        {m.name: torch.randn(64, m.n_chans, m.n_times or 1) for m in modalities},
        {m.name: torch.rand(64) < 0.9 for m in modalities},
        torch.randn(64, len(source.labels)).softmax(-1),
        torch.ones(64),
    )
    network.head.observe(batch.D, batch.weight)
    return learner, batch


def normalise(x: Tensor) -> Tensor:
    return x * torch.rsqrt(x.square().sum(-1, keepdim=True) + 1e-8)


class Monolith(nn.Module):
    """All parameters under the names that they have in ours, and one forward pass from signals to loss."""

    def __init__(self, learner: Learner) -> None:
        super().__init__()
        self.names = {name: name.replace(".", "/") for name, _ in learner.named_parameters()}
        for name, parameter in learner.named_parameters():
            self.register_parameter(self.names[name], nn.Parameter(parameter.detach().clone()))
        self.register_buffer("prior", learner.network.head.get_buffer("prior").clone())
        self.valence = torch.arange(10).reshape(1, 10) // 5 == torch.arange(2).reshape(2, 1)

    def p(self, name: str) -> Tensor:
        return self._parameters[f"network/{name}"]  # type: ignore[return-value]

    def conv(self, key: str, x: Tensor) -> Tensor:
        w = self.p(f"{key}/convolve/weight")
        y = functional.gelu(functional.conv1d(x, w, self.p(f"{key}/convolve/bias"), stride=max(1, w.shape[-1] // 4)))
        kept = y.shape[-1] // 4 * 4
        pooled = y[..., :kept].unflatten(-1, (4, -1)).mean(-1).mT
        return functional.linear(pooled, self.p(f"{key}/project/weight"), self.p(f"{key}/project/bias")) + self.p(
            f"{key}/segment"
        )

    def eeg(self, x: Tensor) -> Tensor:
        key = "streams/physiological/encoders/eeg"
        w = self.p(f"{key}/features/convolve/weight")
        y = functional.conv1d(x.flatten(0, 1).unsqueeze(1), w, stride=w.shape[-1] // 4)
        power = torch.log(y.square().mean(-1) + 1e-4).unflatten(0, x.shape[:2])
        return functional.linear(power, self.p(f"{key}/project/weight"), self.p(f"{key}/project/bias")) + self.p(
            f"{key}/channel"
        )

    def fuse(self, X: dict[str, Tensor], present: dict[str, Tensor]) -> Tensor:
        """MSAF: one QKᵀ, one PV."""
        key = "streams/physiological/fusion"
        e = self.eeg(X["eeg"])
        ppg, gsr = (self.conv(f"streams/physiological/encoders/{name}", X[name]) for name in ("ppg", "gsr"))
        H = torch.cat([ppg, gsr], 1)
        there = torch.cat([present[name].unsqueeze(-1).expand(-1, 4) for name in ("ppg", "gsr")], -1)
        there_f = there.to(H.dtype).unsqueeze(-1)
        mean = ((H * there_f).sum(1) / there_f.sum(1).clamp_min(1.0)).unsqueeze(1)
        e = torch.where(present["eeg"][:, None, None], e, mean)
        S = normalise(e) @ normalise(H).mT
        share = (there * self.p(f"{key}/retrieval/gates").repeat_interleave(4)).unsqueeze(1)
        omega = self.p(f"{key}/retrieval/omega").softmax(0)
        A = sum(
            w * torch.cat([(beta * part).mT.softmax(-2).mT for part in S.split(4, -1)], -1)
            for w, beta in zip(omega, BETAS, strict=True)
        )
        R = (A * share) @ functional.linear(H, self.p(f"{key}/retrieval/value/weight"))
        F = functional.layer_norm(e + R, e.shape[-1:], self.p(f"{key}/norm/weight"), self.p(f"{key}/norm/bias"))
        return ((F @ self.p(f"{key}/readout/u")).softmax(-1).unsqueeze(-2) @ F).squeeze(-2)

    def head(self, z: list[Tensor], alpha: list[Tensor], M: list[Tensor]) -> Tensor:
        E = sum(
            torch.einsum("bk,kd->bkd", a, functional.linear(m, self.p(f"head/project/{i}/weight")))
            for i, (a, m) in enumerate(zip(alpha, M, strict=True))
        )
        low = torch.finfo(E.dtype).min
        V = self.p("head/assignment").masked_fill(~self.valence, low).softmax(-1) @ E
        top = functional.linear(V, self.p("head/gates/0/weight")).mT.softmax(-1) @ V
        h = torch.cat([*z, torch.cat([E.mean(1, keepdim=True), V, top], 1).flatten(1)], -1)
        h = functional.layer_norm(h, h.shape[-1:], self.p("head/classify/0/weight"), self.p("head/classify/0/bias"))
        h = functional.linear(h, self.p("head/classify/2/weight"), self.p("head/classify/2/bias"))
        h = functional.gelu(functional.linear(h, self.p("head/classify/3/weight"), self.p("head/classify/3/bias")))
        return self.prior + functional.linear(h, self.p("head/classify/6/weight"), self.p("head/classify/6/bias"))

    def forward(self, batch: Batch) -> Tensor:
        X, present, D, w = batch.X, batch.present, batch.D, batch.weight
        here = [present["eeg"] | present["ppg"] | present["gsr"], present["face"]]
        x_face = self.conv("streams/behavioural/encoders/face", X["face"]).mean(1)
        z = [self.fuse(X, present), x_face]
        z = [torch.where(there.unsqueeze(-1), value, 0.0) for there, value in zip(here, z, strict=True)]
        M = [self.p(f"streams/{name}/memory/prototypes")[:, 0] for name in ("physiological", "behavioural")]
        cosine = [normalise(value) @ normalise(m).mT for value, m in zip(z, M, strict=True)]
        alpha = [(c / TAU).softmax(-1) for c in cosine]
        alpha = [torch.where(there.unsqueeze(-1), a, 0.1) for there, a in zip(here, alpha, strict=True)]
        x = [
            torch.where(there.unsqueeze(-1), value + a @ m, 0.0)
            for there, value, a, m in zip(here, z, alpha, M, strict=True)
        ]
        log_p = self.head(z, alpha, M).log_softmax(-1)
        kl = ((torch.xlogy(D, D) - D * log_p).sum(-1) * w).sum() / w.sum()
        both = here[0] & here[1]
        return kl + LAMBDA * prd(cosine, w * both) + LAMBDA * pcl(x, both, w)


def prd(cosine: list[Tensor], w: Tensor) -> Tensor:
    """Symmetric, τ_t = 0.1, τ_s = 0.2, the teacher detached."""
    total = w.new_zeros(())
    for teacher, student in (cosine, cosine[::-1]):
        target, given = (teacher / 0.1).log_softmax(-1).detach(), (student / 0.2).log_softmax(-1)
        total = total + ((target.exp() * (target - given)).sum(-1) * w).sum() / w.sum()
    return total


def pcl(x: list[Tensor], both: Tensor, w: Tensor) -> Tensor:
    """InfoLOOB in U and in V, β = 8, 1/τ = 30."""
    low = torch.finfo(w.dtype).min
    negatives = ~torch.eye(len(w), dtype=torch.bool) & both
    asked, loss = torch.cat(x), torch.zeros(())
    for space, anchor in ((x[0], 0), (x[1], 1)):
        S = normalise(space)
        A = (8.0 * normalise(asked) @ S.mT).masked_fill(~both, low).softmax(-1) * both
        halves = normalise(A @ S).chunk(2)
        logits = 30.0 * halves[anchor] @ halves[1 - anchor].mT
        against = logits.masked_fill(~negatives, low).logsumexp(-1)
        loss = loss + torch.where(negatives.any(-1), (against - logits.diagonal()) / 30.0, 0.0)
    counted = w * (both & negatives.any(-1))
    return (loss * counted).sum() / counted.sum()


def step(model: nn.Module, loss: object) -> object:
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, fused=True)

    def call() -> None:
        for _ in range(5):
            value = loss()  # type: ignore[operator]
            optimizer.zero_grad()
            value.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()

    return call


if __name__ == "__main__":
    torch.set_num_threads(1)
    for dim in (32, 128):
        learner, batch = complete_model(dim)
        monolith = Monolith(copy.deepcopy(learner))
        ours = step(learner, lambda learner=learner, batch=batch: learner(batch)[1]["loss"])
        theirs = step(monolith, lambda monolith=monolith, batch=batch: monolith(batch))
        print(f"5 training steps, batch 64, dim {dim}, ours against the monolith: {ratio(ours, theirs, pairs=31)}")  # type: ignore[arg-type]
