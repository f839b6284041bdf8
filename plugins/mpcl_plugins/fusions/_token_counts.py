"""Count the tokens of a stream's modalities, one of which is primary."""

from collections.abc import Sequence

from mpcl_core.plugin import Modality


def token_counts(modalities: Sequence[Modality], n_tokens: Sequence[int], *named: str) -> dict[str, int]:
    """Map the name of each modality to its number of tokens.

    Args:
        modalities: of the stream.
        n_tokens: how many tokens each of them has.
        named: modalities that the recipe names and that the stream must have.

    Returns:
        Modality name -> number of tokens, in recipe order.

    Raises:
        ValueError: the stream lacks one of ``named``.
    """
    counts = {modality.name: n for modality, n in zip(modalities, n_tokens, strict=True)}
    if missing := [name for name in named if name not in counts]:
        raise ValueError(f"'{missing[0]}' is no modality of the stream, which has {', '.join(counts)}")
    return counts
