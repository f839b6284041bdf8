"""Provide the findings of an audit: kinds of leaks, findings, notes and the report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

N_EXAMPLES = 3
"""How many windows a finding shows."""


@dataclass(frozen=True)
class LeakKind:
    """Hold how a kind of leak inflates a number and what to do about it."""

    inflates: str
    remedy: str


LEAK_KINDS = {
    "shared-row (a)": LeakKind(
        "the model was trained on the tested windows themselves, labels included",
        "correct the protocol: a window belongs to one side of a fold",
    ),
    "shared-subject (a)": LeakKind(
        "a subject that is scored as new was seen in training, with its signals and ratings",
        "hold out whole subjects (loso, subject_kfold), or let the source name the trials and hold out whole trials",
    ),
    "shared-trial (a)": LeakKind(
        "windows of one trial share one label and resemble each other, so the model can recognise the trial instead"
        " of the emotion",
        "hold out whole trials (trial_heldout, trial_kfold) or whole subjects (loso, subject_kfold)",
    ),
    "overlapping-time (a)": LeakKind(
        "the same seconds of the same recording are used for training and for testing",
        "hold out whole recordings, or cut windows that do not overlap across the split",
    ),
    "identical-window (a)": LeakKind(
        "a test window is a copy of a training window, so its label can be looked up; or the data of one subject are"
        " filed under two",
        "remove the copies from the data, or keep all copies on one side",
    ),
    "fitted-outside (b)": LeakKind(
        "statistics or prototypes that the prediction uses were computed from windows that it must not know",
        "keep fitted state in the instance, and fit it anew in each fold from the windows that fit receives",
    ),
    "prepared-together (b)": LeakKind(
        "the test windows changed the training windows before any fold was made",
        "move the transform from 'prepare' to 'transforms', so that it is fitted on each fold's fitting windows",
    ),
    "mixed-test-rows (b)": LeakKind(
        "the prediction of a window uses other test windows, which are not available when one new window is predicted",
        "fit on fitting windows only; where mixing is intended, declare it (transductive, mixes_samples)",
    ),
    "carried-state (c)": LeakKind(
        "a fold starts with what earlier folds learned, and those were fitted on windows that this fold tests",
        "keep weights and counts in the instance, never in the class, the module or a file",
    ),
    "validated-on-test (d)": LeakKind(
        "epochs and settings are chosen on the windows that are scored, so the best of many scores is reported",
        "draw the validation windows from the training side",
    ),
    "test-labels-used (d)": LeakKind(
        "the prediction depends on the labels that it is scored against",
        "choose everything in fit; read no label in transform or predict",
    ),
    "shuffled-labels (e)": LeakKind(
        "a model that was trained on shuffled labels predicts better than their mean, so the true labels reach it by"
        " another path",
        "find where the model gets its labels: files, look-ups by subject or trial, features computed from labels",
    ),
    "labels-in-signals (e)": LeakKind(
        "the signals of a window contain its own label",
        "compute features from signals only; a transform in 'prepare' must not read D",
    ),
    "nearest-trial (f)": LeakKind(
        "neighbours from the same trial, which have the same label, explain the score of a k-NN and of any model that"
        " works like it",
        "hold out whole trials or subjects; report no number of this split without the k-NN baseline",
    ),
    "coded-channel (g)": LeakKind(
        "a channel states which trial, time or rating it is, so the label can be looked up in every protocol",
        "leave the channel out of the modalities of the source: it holds triggers, counts or scores, not a signal",
    ),
}
"""Code of a finding -> what it means. The letter in brackets is the kind of leak."""


@dataclass(frozen=True)
class Finding:
    """Hold one leak.

    Args:
        code: one of ``LEAK_KINDS``.
        variants: the variants that have it.
        message: what was observed, with figures.
        n_windows, n_checked: how many windows are affected, and how many were checked.
        examples: descriptions of the first affected windows.
    """

    code: str
    variants: tuple[str, ...]
    message: str
    n_windows: int
    n_checked: int
    examples: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return plain values, as ``audit.json`` holds them.

        Returns:
            ``code``, ``variants``, ``what`` (the message), ``rows`` (affected windows), ``of`` (checked windows),
            ``examples``, ``inflates`` and ``remedy``.
        """
        kind = LEAK_KINDS[self.code]
        counts = {"rows": self.n_windows, "of": self.n_checked, "examples": self.examples}
        texts = {"inflates": kind.inflates, "remedy": kind.remedy}
        return {"code": self.code, "variants": self.variants, "what": self.message, **counts, **texts}


@dataclass(frozen=True)
class AuditNote:
    """Hold an observation that is no leak, or the reason why something could not be checked.

    Args:
        code: ``known-subjects``, ``unknown-rows``, ``two-spellings``, ``transductive``, ``not-tried``,
            ``not-repeatable`` or ``changed-since`` (a run's data, folds or code).
        variants: the variants that it concerns.
        message: what was observed.
    """

    code: str
    variants: tuple[str, ...]
    message: str

    def as_json(self) -> dict[str, Any]:
        """Return plain values, as ``audit.json`` holds them.

        Returns:
            ``code``, ``variants`` and ``what`` (the message).
        """
        return {"code": self.code, "variants": self.variants, "what": self.message}


Observation = Finding | AuditNote

UNCHECKED = ("not-tried", "not-repeatable")
"""Codes of notes that say that something could not be checked."""


@dataclass(frozen=True)
class AuditReport:
    """Hold all results of an audit.

    Args:
        name: the recipe's name.
        studies: for each study its variants, windows, folds and grade, and the variants whose jobs were tried.
        observations: findings and notes, each once.
    """

    name: str
    studies: Sequence[Mapping[str, Any]]
    observations: Sequence[Observation]

    @property
    def findings(self) -> list[Finding]:
        """Return the leaks in the order of ``LEAK_KINDS``."""
        found = [observation for observation in self.observations if isinstance(observation, Finding)]
        return sorted(found, key=lambda finding: list(LEAK_KINDS).index(finding.code))

    @property
    def notes(self) -> list[AuditNote]:
        """Return the observations that are no leak."""
        return [observation for observation in self.observations if isinstance(observation, AuditNote)]

    @property
    def unchecked(self) -> list[AuditNote]:
        """Return the notes that say that something could not be checked."""
        return [note for note in self.notes if note.code in UNCHECKED]

    def as_json(self) -> dict[str, Any]:
        """Return plain values, as ``audit.json`` holds them.

        Returns:
            ``name``, ``leak`` (whether there is a finding), ``studies``, ``findings`` and ``notices``.
        """
        return {
            "name": self.name,
            "leak": bool(self.findings),
            "studies": [dict(study) for study in self.studies],
            "findings": [finding.as_json() for finding in self.findings],
            "notices": [note.as_json() for note in self.notes],
        }
