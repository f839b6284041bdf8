"""L = mean_i w_i ‖û_i − sg v̂_i‖² with u and v the embeddings of two streams, a hat for unit length: u follows v.

EmotionDict (Liu et al., *Emotion dictionary learning with modality attentions for mixed emotion exploration*, IEEE
Trans. Affective Computing 15, 2024) draws the representation of the peripheral signals and that of EEG towards the
fused one, each with weight 0.1: two such objectives.

Independent reconstruction: the distance of unit vectors, 2 − 2 cos. No gradient (sg) reaches the teacher, so that the
fused representation is not drawn towards the weaker one, and no length can shrink to reduce the loss. The released
program takes a Kullback-Leibler loss of the two embeddings as they are, which are no distributions
(docs/results/rivals.md).
"""

from jaxtyping import Float
from torch import Tensor

from mpcl_core.plugin import Batch, Objective, PluginError, State, StreamState, normalise, suggest_name, weighted_mean


class Distillation(Objective):
    """Draw the embedding of one stream towards that of another.

    Windows that lack either stream are skipped.

    Args:
        student: the stream that learns.
        teacher: the stream that it follows.

    Raises:
        ValueError: both are the same stream.
        PluginError: the network lacks one of them.
    """

    name = "distillation"

    def __init__(self, *, n_outputs: int, dim: int, student: str, teacher: str) -> None:
        super().__init__(n_outputs=n_outputs, dim=dim)
        if student == teacher:
            raise ValueError(f"student and teacher are both '{student}'")
        self.student, self.teacher = student, teacher

    def forward(self, state: State, batch: Batch) -> Float[Tensor, ""]:
        student, teacher = (self._stream(state, name) for name in (self.student, self.teacher))
        distance = (normalise(student.z) - normalise(teacher.z).detach()).square().sum(-1)
        return weighted_mean(distance, batch.weight * student.present * teacher.present)

    def _stream(self, state: State, name: str) -> StreamState:
        if name not in state.streams:
            hint = suggest_name(name, state.streams)
            raise PluginError(f"'distillation' needs a stream '{name}'.{hint} There are: {', '.join(state.streams)}")
        return state.streams[name]
