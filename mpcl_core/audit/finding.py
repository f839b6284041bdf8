"""What an audit says."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

EXAMPLES = 3
"""How many rows a finding shows."""


@dataclass(frozen=True)
class Code:
    """A kind of leak: how it inflates a number, and what to do about it."""

    inflates: str
    remedy: str


CODES = {
    "shared-row (a)": Code(
        "the very rows that are tested were learnt, labels and all",
        "mend the protocol: a row belongs to one side of a fold",
    ),
    "shared-subject (a)": Code(
        "what is scored as a stranger is a person whose ratings and signals were learnt",
        "hold out whole subjects (loso, subject_kfold), or let the source name the trials and hold out those",
    ),
    "shared-trial (a)": Code(
        "windows of one trial share one label and resemble each other: the trial is recognised, not the emotion",
        "hold out whole trials (trial_heldout, trial_kfold) or whole subjects (loso, subject_kfold)",
    ),
    "overlapping-time (a)": Code(
        "the same seconds of the same recording are learnt and tested",
        "hold out whole recordings, or cut windows that do not overlap across the split",
    ),
    "identical-window (a)": Code(
        "a test row is a copy of a training row: it is looked up, or it was recorded of somebody else",
        "remove the copies from the data, or keep all copies on one side",
    ),
    "fitted-outside (b)": Code(
        "statistics or prototypes that the prediction uses were taken from rows that should be unknown to it",
        "keep what is learnt in the instance, and learn it anew in each fold from the rows given to fit",
    ),
    "prepared-together (b)": Code(
        "the test rows have shaped the rows that are learnt from before any fold was made",
        "move it from 'prepare' to 'transforms', so that it is fitted on each fold's fitting rows",
    ),
    "mixed-test-rows (b)": Code(
        "the prediction of a row uses other test rows, which one new window does not have",
        "learn from fitting rows only; where it is meant, declare it (transductive, mixes_samples)",
    ),
    "carried-state (c)": Code(
        "a fold begins with what earlier folds learnt, and those were fitted on rows that it tests",
        "keep weights and counts in the instance, never in the class, the module or a file",
    ),
    "validated-on-test (d)": Code(
        "epochs and settings are chosen by the rows that are scored, so the best score of many is reported",
        "draw the validation rows from the training side",
    ),
    "test-labels-used (d)": Code(
        "the prediction depends on the labels that it is scored against",
        "choose everything in fit; read no label in transform or predict",
    ),
    "shuffled-labels (e)": Code(
        "a model that was given wrong labels predicts better than their mean: the right ones reach it another way",
        "find what tells the model its labels: files, look-ups by subject or trial, features made of labels",
    ),
    "labels-in-signals (e)": Code(
        "the signals of a row hold its own label",
        "make features of signals only; a transform in 'prepare' must not read D",
    ),
    "nearest-trial (f)": Code(
        "neighbours of the same trial, which have the same label, give a k-NN its score, and any model like it",
        "hold out whole trials or subjects; report no number of this split without the k-NN row",
    ),
}
"""Code -> what it means. The letter in brackets is the kind."""


@dataclass(frozen=True)
class Finding:
    """A leak.

    Args:
        code: one of ``CODES``.
        variants: the variants that it concerns.
        what: what was seen, with figures.
        rows, of: how many rows it concerns, and of how many.
        examples: the first of them, in words.
    """

    code: str
    variants: tuple[str, ...]
    what: str
    rows: int
    of: int
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Notice:
    """What a reader should know although it is no leak, or could not be looked at.

    Args:
        code: ``known-subjects``, ``unknown-rows``, ``transductive``, ``not-tried``, ``not-repeatable`` or
            ``changed-since`` (a run's data, folds or code).
        variants: the variants that it concerns.
        what: what was seen.
    """

    code: str
    variants: tuple[str, ...]
    what: str


Remark = Finding | Notice


@dataclass(frozen=True)
class Report:
    """What an audit saw.

    Args:
        name: of the recipe.
        studies: for each its variants, rows, folds and grade, and the variants whose jobs were tried.
        remarks: findings and notices, each once.
    """

    name: str
    studies: Sequence[Mapping[str, Any]]
    remarks: Sequence[Remark]

    @property
    def findings(self) -> list[Finding]:
        """The leaks, in the order of ``CODES``."""
        found = [remark for remark in self.remarks if isinstance(remark, Finding)]
        return sorted(found, key=lambda finding: list(CODES).index(finding.code))

    @property
    def notices(self) -> list[Notice]:
        """What is no leak."""
        return [remark for remark in self.remarks if isinstance(remark, Notice)]

    def as_json(self) -> dict[str, Any]:
        """Plain values: name, leak, studies, findings (with ``inflates`` and ``remedy``) and notices."""
        return {
            "name": self.name,
            "leak": bool(self.findings),
            "studies": [dict(study) for study in self.studies],
            "findings": [asdict(finding) | asdict(CODES[finding.code]) for finding in self.findings],
            "notices": [asdict(notice) for notice in self.notices],
        }
