"""Names of folds that may become folders, from names that a user gave."""

import re
from collections.abc import Iterable


def fold_labels(names: Iterable[str]) -> list[str]:
    """A label for each name, unlike all others also where a file system ignores case.

    What no folder should hold is replaced; where that leaves two labels alike, the later one is numbered.
    """
    labels: list[str] = []
    taken: set[str] = set()
    for name in names:
        plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("._-")[:90] or "unnamed"
        label, count = plain, 1
        while label.casefold() in taken:
            count += 1
            label = f"{plain}-{count}"
        taken.add(label.casefold())
        labels.append(label)
    return labels
