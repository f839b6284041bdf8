"""Joined modalities hold the values of each, in order, and split into them again."""

import torch

from mpcl_core.toolkit.joined_tables import JoinedTables, join_tables

X = {"gsr": torch.arange(6.0).reshape(2, 1, 3), "face": torch.arange(8.0).reshape(2, 2, 2)}
PRESENT = {"gsr": torch.tensor([True, False]), "face": torch.tensor([True, True])}


def joined() -> JoinedTables:
    (group,) = join_tables(X)
    return group


def test_split_returns_what_was_joined() -> None:
    values = joined().join(X)
    assert values.shape == (2, 7)
    assert all(torch.equal(found, X[name]) for name, found in joined().split(values).items())


def test_masks_are_stacked_in_the_order_of_the_modalities() -> None:
    columns = joined().stack(PRESENT)
    assert columns.tolist() == [[True, True], [False, True]]
    assert all(torch.equal(found, PRESENT[name]) for name, found in joined().unstack(columns).items())


def test_columns_are_repeated_for_each_value_and_values_added_by_modality() -> None:
    group = joined()
    assert group.by_value(torch.tensor([[1.0, 2.0]])).tolist() == [[1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0]]
    assert group.by_modality(group.join(X)).tolist() == [[3.0, 6.0], [12.0, 22.0]]


def test_mean_of_a_channel_is_repeated_for_its_values() -> None:
    assert joined().channel_mean(joined().join(X))[0].tolist() == [1.0, 1.0, 1.0, 0.5, 0.5, 2.5, 2.5]
    (alone,) = join_tables({"face": X["face"]})
    assert alone.channel_mean(alone.join(X))[0].tolist() == [0.5, 0.5, 2.5, 2.5]


def test_large_modality_stays_by_itself() -> None:
    (small, large) = join_tables({**X, "eeg": torch.ones(2, 32, 64)})
    assert (list(small.shapes), list(large.shapes)) == (["gsr", "face"], ["eeg"])
    assert large.by_value(torch.ones(2, 1)).shape == (2, 1)
    assert large.by_modality(torch.ones(2, 2048)).tolist() == [[2048.0], [2048.0]]
