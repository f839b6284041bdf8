"""logits = logits of a head + s a: the head starts at the person's own prior instead of the mean of all persons.

a are a person's earlier ratings, as log-ratios to the mean label (the transform `subject_prior`); s, learned, is how
much they count: the mean of a few ratings is uncertain, so that they should not count fully. A head that had to learn
the map from a to the logits would need k² numbers from as many persons as a study has; this one needs one.

Differs from the paper (MPCL, arXiv 2602.20530): an independent addition.
"""

from collections.abc import Mapping, Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mpcl_core.plugin import Fraction, Head, Name, StreamInfo, StreamState


class PersonalPrior(Head):
    """Add a person's earlier ratings to a head's logits.

    A person without earlier ratings is predicted by the head alone.

    Args:
        head: the head to whose logits the person's own prior is added.
        stream: the stream whose first modality holds the k log-ratios, encoded by ``identity_tokens``.
        trust: s at the start.

    Raises:
        ValueError: there is no such stream.
    """

    name = "personal_prior"

    def __init__(
        self,
        *,
        streams: Sequence[StreamInfo],
        n_outputs: int,
        dim: int,
        valence: tuple[tuple[int, ...], ...] | None,
        head: Head,
        stream: Name,
        trust: Fraction = 0.5,
    ) -> None:
        super().__init__(streams=streams, n_outputs=n_outputs, dim=dim, valence=valence)
        names = [known.name for known in self.streams]
        if stream not in names:
            raise ValueError(f"stream is '{stream}', but the streams are {', '.join(names)}")
        self.head, self.stream = head, stream
        self.trust = nn.Parameter(torch.tensor(float(trust)))

    def forward(self, streams: Mapping[str, StreamState]) -> tuple[Float[Tensor, "b k"], dict[str, Tensor]]:
        logits, aux = self.head(streams)
        return logits + self.trust * self._log_ratios(streams), aux

    @torch.no_grad()
    def diagnostics(self, streams: Mapping[str, StreamState]) -> dict[str, Tensor]:
        """Return the person's log-ratios and the diagnostics of the head.

        Args:
            streams: the states of the streams.

        Returns:
            ``log_ratios`` a (b k) and what the head returns.
        """
        return {"log_ratios": self._log_ratios(streams), **self.head.diagnostics(streams)}

    def _log_ratios(self, streams: Mapping[str, StreamState]) -> Float[Tensor, "b k"]:
        state = streams[self.stream]
        first = next(iter(state.tokens.values()))[:, 0, : self.n_outputs]
        return torch.where(state.present.unsqueeze(-1), first, 0.0)
