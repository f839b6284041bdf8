"""Checkpoints: the state and the journal belong to each other, and damage is noticed."""

import io
from hashlib import sha256
from pathlib import Path

import pytest
import torch

from mpcl_core.runs.journal import Journal
from mpcl_core.training import checkpoint
from mpcl_core.training.checkpoint import Checkpoint


@pytest.fixture
def saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkpoint:
    """Return a checkpoint with a state that was saved after the first of two journal lines."""
    monkeypatch.setattr(checkpoint, "EVERY", 0.0)
    journal = Journal(tmp_path / "metrics.jsonl")
    made = Checkpoint(tmp_path / "checkpoint" / "training.pt", journal)
    journal.line({"epoch": 0})
    made.save_if_due(lambda: {"weights": torch.arange(3)})
    journal.line({"epoch": 1})
    journal.write()
    return made


def test_loading_cuts_the_journal_to_the_saved_epoch(saved: Checkpoint) -> None:
    state = saved.load()
    assert state is not None
    assert state["weights"].tolist() == [0, 1, 2]
    assert saved.journal.path.read_text() == '{"epoch": 0}\n'


def test_damaged_state_starts_from_the_beginning(saved: Checkpoint) -> None:
    content = bytearray(saved.path.read_bytes())
    content[-1] ^= 1
    saved.path.write_bytes(content)
    assert saved.load() is None
    assert saved.journal.path.read_text() == ""


def test_journal_shorter_than_the_state_starts_from_the_beginning(saved: Checkpoint) -> None:
    saved.journal.path.write_text("")
    assert saved.load() is None


def test_state_is_not_computed_before_it_is_due(saved: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint, "EVERY", 60.0)
    saved.save_if_due(lambda: pytest.fail("the state was computed"))


def test_removed_state_cannot_be_loaded(saved: Checkpoint) -> None:
    saved.remove()
    saved.remove()
    assert saved.load() is None


@pytest.mark.parametrize("content", [b"no archive", [1], {"journal": 0}, {"journal": "x", "state": {}}])
def test_sound_file_that_is_no_checkpoint_starts_from_the_beginning(saved: Checkpoint, content: object) -> None:
    stream = io.BytesIO()
    if isinstance(content, bytes):
        stream.write(content)
    else:
        torch.save(content, stream)
    saved.path.write_bytes(sha256(stream.getvalue()).digest() + stream.getvalue())
    assert saved.load() is None
    assert saved.journal.path.read_text() == ""


def test_discarded_state_takes_the_journal_with_it(saved: Checkpoint) -> None:
    saved.discard()
    assert not saved.path.exists()
    assert saved.journal.path.read_text() == ""
