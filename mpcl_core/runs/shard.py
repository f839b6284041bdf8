"""State which part of the jobs of a run one process takes: ``--shard I/N``."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

Item = TypeVar("Item")

FORM = re.compile(r"([1-9][0-9]{0,5})/([1-9][0-9]{0,5})")


@dataclass(frozen=True)
class Shard:
    """Hold the number of a shard, and of how many.

    Args:
        index: its number, from 1.
        count: the number of shards; with 1 the shard is the whole run.
    """

    index: int = 1
    count: int = 1

    @classmethod
    def from_text(cls, text: str) -> "Shard":
        """Convert a text of the form ``I/N``.

        Args:
            text: such as ``2/4``.

        Returns:
            The shard.

        Raises:
            ValueError: the text is of another form, or I is not from 1 to N.
        """
        found = FORM.fullmatch(text)
        if found is None or int(found[1]) > int(found[2]):
            raise ValueError(f"expected a shard I/N with I from 1 to N, such as 2/4, got {text!r}")
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.index}/{self.count}"

    @property
    def has_all_jobs(self) -> bool:
        """Return whether the shard is the whole run."""
        return self.count == 1

    def part(self, items: Sequence[Item]) -> list[Item]:
        """Return the items of the shard: every N-th, so that each shard takes jobs of every variant.

        Args:
            items: the items of the run, in an order that is the same in each process.

        Returns:
            Its part.
        """
        return list(items[self.index - 1 :: self.count])


WHOLE = Shard()
