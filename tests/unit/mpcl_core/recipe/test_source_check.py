"""A source has the modalities that a variant uses, and its recordings are cut once; every fault has its place."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from mpcl_core.interfaces.errors import RecipeError
from mpcl_core.recipe.assemble import assemble
from mpcl_core.recipe.load import load
from mpcl_core.recipe.source_check import check_against_source
from mpcl_core.spec.variant import VariantSpec
from support.toy_components import RECIPE, Toys


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write the toy recipe to the current folder, with a short name that keeps places short."""
    monkeypatch.chdir(tmp_path)
    Path("toy.yaml").write_text(RECIPE)


def variant_spec(sets: Sequence[str]) -> VariantSpec:
    (only,) = assemble(load(Path("toy.yaml"), sets), Toys()).values()
    return only


def source_faults(*sets: str) -> list[str]:
    made = variant_spec(sets)
    with pytest.raises(RecipeError) as caught:
        check_against_source(made, made.source.build(), [block.build() for block in made.prepare])
    return str(caught.value).splitlines()


def test_modalities_must_exist_in_the_source(toy: None) -> None:
    assert source_faults("references.prior.modalities=[egg]") == [
        "--set:1:12: references.prior.modalities: 'files' has no modality 'egg'. Did you mean 'eeg'? It has: eeg, ppg.",
        "toy.yaml:17:7: streams.face.encoders.face: 'files' has no modality 'face'. It has: eeg, ppg.",
    ]
    assert source_faults("estimator={use: prior, modalities: [ppg, x]}", "prepare=[{use: rename}]") == [
        "--set:1:1: estimator.modalities: 'files', after 'prepare', has no modality 'ppg'. It has: spectrum.",
        "--set:1:1: estimator.modalities: 'files', after 'prepare', has no modality 'x'. It has: spectrum.",
    ]


CUT, FILTER, RENAME = "{use: cut, length: 1}", "{use: filter}", "{use: rename}"


@pytest.mark.parametrize(
    ("source", "prepare", "expected"),
    [
        ("streamed", [], "--set:1:1: prepare: 'streamed' loads recordings, so 'prepare' needs a transform that cuts them into windows."),
        ("streamed", [RENAME, CUT], "--set:2:10: prepare[0].use: 'rename' takes windows, but no transform before it cuts any."),
        ("streamed", [CUT, FILTER], "--set:2:33: prepare[1].use: 'filter' takes recordings, but the windows are cut before it."),
        ("streamed", [CUT, CUT], "--set:2:33: prepare[1].use: 'cut' takes recordings, but the windows are cut before it."),
        ("files, path: x", [CUT], "--set:2:10: prepare[0].use: 'cut' takes recordings, but 'files' loads windows."),
        ("files, path: x", [FILTER], "--set:2:10: prepare[0].use: 'filter' takes recordings, but 'files' loads windows."),
    ],
)  # fmt: skip
def test_recordings_must_be_cut_once(toy: None, source: str, prepare: Sequence[str], expected: str) -> None:
    assert source_faults(f"source={{use: {source}}}", f"prepare=[{', '.join(prepare)}]") == [expected]


def test_valid_order_has_no_fault(toy: None) -> None:
    made = variant_spec(
        ["source={use: streamed}", f"prepare=[{FILTER}, {CUT}]", "streams.face=null", "objectives.pair=null"]
    )
    check_against_source(made, made.source.build(), [])
