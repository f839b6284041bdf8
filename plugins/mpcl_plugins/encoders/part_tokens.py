"""h_p = W x_p + b for part p of a window, with W and b the same for all parts: tokens that follow each other in time.

For a table (c, p f) of features of p parts, part after part, as `statistics` with ``parts`` returns it. A fusion can
then find the part in which something happens, which `linear_tokens` mixes with the others in every token.
"""

from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn

from mpcl_core.plugin import Count, Encoder, Modality


class PartTokens(Encoder):
    """Encode each part of a window as one token, in the order of time.

    Args:
        parts: p, how many parts the features are of.

    Raises:
        ValueError: the features cannot be split into so many parts.
    """

    name = "part_tokens"

    def __init__(self, *, modality: Modality, dim: int, parts: Count = 1) -> None:
        super().__init__(modality=modality, dim=dim)
        n_values = modality.n_times or 1
        if n_values % parts:
            raise ValueError(f"'{modality.name}' has {n_values} values a channel, which are not of {parts} equal parts")
        self.n_tokens = parts
        self.project = nn.Linear(modality.n_chans * (n_values // parts), dim)

    def forward(self, x: Float[Tensor, "b c t"]) -> Float[Tensor, "b n d"]:
        tokens: Tensor = self.project(rearrange(x, "b c (p f) -> b p (c f)", p=self.n_tokens))
        return tokens
