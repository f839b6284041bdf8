"""H = model(x), cut into n tokens: any model of braindecode (Schirrmeister et al., Human Brain Mapping 38, 2017).

The n · d outputs of the model, which its authors meant for classes, are the values of the tokens. They are taken as
they come: a model that ends in a softmax is of no use here.

Most of these models normalise over batches (BatchNorm). Rows do not mix in a prediction, which uses the running
statistics; in training they do, as the model's authors meant, but for rows without the modality, which the model never
sees then. Copies cannot be trained stacked.

Tried by hand with braindecode 1.8.1 and torch 2.13.0. Beside torch's CPU build its companion torchaudio (2.6 to 2.11
were tried) cannot load its compiled part, and braindecode cannot be imported; with the one file
``torchaudio/lib/_torchaudio.abi3.so`` removed it could be, and most models worked.
"""

from collections.abc import Mapping

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn

from mpcl_core.plugin import Count, Encoder, Modality
from mpcl_plugins.bridges._named_class import Value, find, make


class Braindecode(Encoder):
    """A model of braindecode (``mpcl[braindecode]``), for sampled signals.

    It is told ``n_chans``, ``n_times``, ``sfreq`` and ``n_outputs``.

    Args:
        model: the name of its class in ``braindecode.models``: EEGNet, ShallowFBCSPNet, Deep4Net …
        tokens: n, the number of tokens that its outputs are cut into.
        parameters: further parameters of the model, by name.

    Raises:
        ValueError: braindecode is not installed or cannot be imported, has no such model, or the model refuses the
            modality or a parameter.
    """

    name = "braindecode"
    stackable = False

    def __init__(
        self,
        *,
        modality: Modality,
        dim: int,
        model: str,
        tokens: Count = 4,
        parameters: dict[str, Value] | None = None,
    ) -> None:
        super().__init__(modality=modality, dim=dim)
        if modality.sfreq is None or modality.n_times is None:
            raise ValueError(f"'{modality.name}' has no sampling rate; use 'linear_tokens' for features")
        self.n_tokens = tokens
        shape = {"n_chans": modality.n_chans, "n_times": modality.n_times, "sfreq": modality.sfreq}
        cls = find(model, _models(), "model of braindecode")
        with torch.device("cpu"):  # some read values while they are made, which the meta device has not
            made = make(cls, {**shape, "n_outputs": tokens * dim}, parameters or {})
            _check(made, modality, tokens * dim)
        self.model = made.to(torch.get_default_device())

    def forward(self, x: Float[Tensor, "b c t"]) -> Float[Tensor, "b n d"]:
        if x.is_meta:  # the shape was tried before, and some read values
            return x.new_empty(len(x), self.n_tokens, self.dim)
        if self.training and not (there := x.flatten(1).any(1)).all():
            features = x.new_zeros(len(x), self.n_tokens * self.dim)
            if there.any():  # a row of zeros is absent, and leaves no trace in a running mean
                features = features.index_put((there,), self.model(x[there]))
        else:
            features = self.model(x)
        tokens: Tensor = rearrange(features, "b (n d) -> b n d", n=self.n_tokens)
        return tokens


def _models() -> Mapping[str, type[nn.Module]]:
    try:
        from braindecode import models
    except ModuleNotFoundError as error:
        if error.name != "braindecode":
            raise ValueError(f"braindecode cannot be imported: {error}") from error
        raise ValueError("braindecode is not installed: pip install 'mpcl[braindecode]'") from None
    except Exception as error:
        raise ValueError(f"braindecode cannot be imported: {type(error).__name__}: {error}") from error
    return {
        name: value for name, value in vars(models).items() if isinstance(value, type) and issubclass(value, nn.Module)
    }


@torch.no_grad()
def _check(model: nn.Module, modality: Modality, width: int) -> None:
    """That two rows go through it and come out as wide as they should.

    Raises:
        ValueError: they do not.
    """
    name, kept = type(model).__name__, model.training
    try:
        answer = model.eval()(torch.zeros(2, modality.n_chans, modality.n_times or 1))
    except Exception as error:
        said = str(error).splitlines()[:1]
        raise ValueError(f"{name} cannot read '{modality.name}': {type(error).__name__}: {' '.join(said)}") from error
    model.train(kept)
    if not isinstance(answer, Tensor) or answer.shape != (2, width):
        shape = tuple(answer.shape) if isinstance(answer, Tensor) else type(answer).__name__
        raise ValueError(f"{name} answers two rows with {shape}, not {(2, width)}")
