"""H_c = [x_c, 0, …, 0]: the values of a channel as they are, in the first places of a token.

For a table that a head reads value by value, as `personal_prior` does with a person's earlier ratings.
"""

from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import pad

from mpcl_core.plugin import Encoder, Modality


class IdentityTokens(Encoder):
    """Encode each channel as a token of its values, padded with zeros. Nothing is learned.

    Raises:
        ValueError: a channel has more values than a token is wide.
    """

    name = "identity_tokens"

    def __init__(self, *, modality: Modality, dim: int) -> None:
        super().__init__(modality=modality, dim=dim)
        n_times = modality.n_times or 1
        if n_times > dim:
            raise ValueError(f"'{modality.name}' has {n_times} values a channel, but a token is {dim} wide (dim)")
        self.n_tokens, self.padding = modality.n_chans, dim - n_times

    def forward(self, x: Float[Tensor, "b c t"]) -> Float[Tensor, "b c d"]:
        return pad(x, (0, self.padding))
