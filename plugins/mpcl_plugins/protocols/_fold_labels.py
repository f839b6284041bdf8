"""Turn names that a user chose into labels of folds, which may become names of folders."""

import re
from collections.abc import Iterable


def fold_labels(names: Iterable[str]) -> list[str]:
    """Return a label for each name, distinct also on file systems that ignore case.

    Characters that no folder name should hold are replaced; where that makes two labels equal, the later one is
    numbered.

    Args:
        names: names of subjects or folds.

    Returns:
        The labels, in the order of the names.
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
