"""H = model(x), cut into n tokens: any model of braindecode (Schirrmeister et al., Human Brain Mapping 38, 2017).

The n · d outputs of the model, meant for classes, become the values of the tokens without further processing, so that a
model that ends in a softmax is unsuitable.

Most of these models normalise over batches (BatchNorm). Windows do not mix in a prediction, which uses the running
statistics; in training they do, as the models' authors intended, except windows without the modality, which are not
passed to the model then. Copies cannot be trained as one batched model.

Tested with braindecode 1.8.1, torchaudio 2.11.0 and torch 2.13.0. With torch's CPU build the compiled part of
torchaudio does not load; there a stand-in reports it as absent, which `mpcl doctor` states.
"""

from collections.abc import Mapping

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn

from mpcl_core.plugin import Count, Encoder, Modality
from mpcl_plugins.bridges._named_class import Value, construct, find_class
from mpcl_plugins.bridges._torchaudio import register_stand_in


class Braindecode(Encoder):
    """Encode a sampled signal with a model of braindecode (``mpcl[braindecode]``).

    The model receives ``n_chans``, ``n_times``, ``sfreq`` and ``n_outputs``.

    Args:
        model: the name of its class in ``braindecode.models``: EEGNet, ShallowFBCSPNet, Deep4Net …
        tokens: n, the number of tokens that its outputs are cut into.
        parameters: further parameters of the model, by name.

    Raises:
        ValueError: braindecode is not installed or cannot be imported, has no such model, or the model refuses the
            modality or a parameter.
    """

    name = "braindecode"
    libraries = ("braindecode.models",)
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
        cls = find_class(model, _models(), "model of braindecode")
        with torch.device("cpu"):  # some models read values in their constructor, which the meta device lacks
            instance = construct(cls, {**shape, "n_outputs": tokens * dim}, parameters or {})
            _check_shape(instance, modality, tokens * dim)
        self.model = instance.to(torch.get_default_device())

    def forward(self, x: Float[Tensor, "b c t"]) -> Float[Tensor, "b n d"]:
        if x.is_meta:  # the shape was checked before, and some models read values
            return x.new_empty(x.shape[0], self.n_tokens, self.dim)
        if self.training and not (nonzero := x.flatten(1).any(1)).all():
            features = x.new_zeros(x.shape[0], self.n_tokens * self.dim)
            if nonzero.any():  # a window of zeros is absent and must not enter a running mean
                features = features.index_put((nonzero,), self.model(x[nonzero]))
        else:
            features = self.model(x)
        tokens: Tensor = rearrange(features, "b (n d) -> b n d", n=self.n_tokens)
        return tokens


def _models() -> Mapping[str, type[nn.Module]]:
    register_stand_in()
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
def _check_shape(model: nn.Module, modality: Modality, width: int) -> None:
    """Check the output of a model for two windows.

    Raises:
        ValueError: the model fails, or its output has another shape than (2, width).
    """
    name, training = type(model).__name__, model.training
    try:
        output = model.eval()(torch.zeros(2, modality.n_chans, modality.n_times or 1))
    except Exception as error:
        lines = str(error).splitlines()[:1]
        raise ValueError(f"{name} cannot read '{modality.name}': {type(error).__name__}: {' '.join(lines)}") from error
    model.train(training)
    if not isinstance(output, Tensor) or output.shape != (2, width):
        shape = tuple(output.shape) if isinstance(output, Tensor) else type(output).__name__
        raise ValueError(f"{name} returns {shape} for two windows, but must return {(2, width)}")
