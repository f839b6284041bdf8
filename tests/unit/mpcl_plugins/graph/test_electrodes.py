"""Electrodes lie on the unit sphere where the 10-20 system puts them."""

import numpy as np
import pytest
import torch

from mpcl_plugins.graph._electrodes import nearness, position


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("Cz", (0, 0, 1)),
        ("Fpz", (0, np.sin(np.radians(72)), np.cos(np.radians(72)))),
        ("T8", (np.sin(np.radians(72)), 0, np.cos(np.radians(72)))),
        ("T7", (-np.sin(np.radians(72)), 0, np.cos(np.radians(72)))),
    ],
)
def test_known_places(name: str, place: tuple[float, float, float]) -> None:
    np.testing.assert_allclose(position(name), place, atol=1e-12)


@pytest.mark.parametrize("name", ["Fp1", "AF3", "F7", "FC5", "C3", "TP7", "PO3", "O1", "fz", "OZ"])
def test_every_electrode_is_on_the_sphere_and_mirrors_its_partner(name: str) -> None:
    place = position(name)
    assert place is not None
    assert np.linalg.norm(place) == pytest.approx(1.0)
    if name[-1].isdigit():
        partner = position(name[:-1] + str(int(name[-1]) + 1))
        assert partner is not None
        np.testing.assert_allclose(place * [-1, 1, 1], partner, atol=1e-12)
        assert place[0] < 0, "odd numbers are on the left"


def test_former_names_are_the_same_places() -> None:
    for former, name in (("T3", "T7"), ("T6", "P8")):
        np.testing.assert_array_equal(position(former), position(name))


@pytest.mark.parametrize("name", ["", "X1", "F9", "Cz1", "EEG Fz"])
def test_other_names_have_no_place(name: str) -> None:
    assert position(name) is None


def test_near_electrodes_weigh_more_and_a_fifth_exceeds_a_tenth() -> None:
    names = ["Fp1", "Fp2", "F3", "F4", "C3", "C4", "P3", "P4", "O1", "O2"]
    A = nearness(names, signed=False)
    torch.testing.assert_close(A, A.T)
    torch.testing.assert_close(A.diagonal(), torch.ones(10))
    assert A[2, 4] > A[2, 8]
    pairs = A[tuple(np.triu_indices(10, 1))]
    assert (pairs > 0.1001).float().mean() <= 0.2 <= (pairs > 0.0999).float().mean(), (
        "mirrored pairs tie at the quantile"
    )


def test_mirrored_pairs_are_negative_where_signed() -> None:
    difference = nearness(["C3", "C4", "Cz"], signed=False) - nearness(["C3", "C4", "Cz"], signed=True)
    torch.testing.assert_close(difference, torch.tensor([[0.0, 1, 0], [1, 0, 0], [0, 0, 0]]))


def test_missing_and_unknown_names_are_refused() -> None:
    with pytest.raises(ValueError, match="but the channels have none"):
        nearness([], signed=False)
    with pytest.raises(ValueError, match="not X1, X2"):
        nearness(["Cz", "X1", "X2"], signed=False)
