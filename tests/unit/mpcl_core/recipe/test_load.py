"""Load recipes: fixed blocks, variants, and all faults in one report."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mpcl_core.interfaces.errors import Place, RecipeError, UsageError
from mpcl_core.recipe.load import Recipe, load
from mpcl_core.recipe.merge import DEFAULTS
from mpcl_core.recipe.node import list_values, to_plain
from mpcl_core.recipe.render import find_patch
from mpcl_core.spec.training import TrainSettings

BASE = """\
name: base
dim: 128
source: {use: simulated, subjects: 8}
protocol: {use: loso}
streams:
  body:
    encoders: {eeg: {use: channel_tokens}, ppg: {use: conv_tokens}}
    fusion: {use: msaf, primary: eeg}
    memory: {use: bank}
head: {use: linear}
objectives:
  distribution: {use: kl}
  prd: {use: prd, weight: 0.01}
  pcl: {use: pcl}
"""
KNOWN = (
    "Known: name, extends, seeds, plugins, dim, source, prepare, protocol, transforms, pool, streams, head, "
    "objectives, mix, estimator, references, train, robustness, error_bars, name_trials, search, grid, variants."
)
NAME_RULE = "must be a name of letters, digits, '.', '-' and '_' that starts with a letter or digit (100 at most)"
KEY_RULE = NAME_RULE.replace("'.', ", "")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("base.yaml").write_text(BASE)
    return tmp_path


def loaded(text: str, *sets: str) -> Recipe:
    Path("r.yaml").write_text(text)
    return load(Path("r.yaml"), sets)


def faults(text: str, *sets: str) -> list[str]:
    with pytest.raises(RecipeError) as caught:
        loaded(text, *sets)
    return str(caught.value).splitlines()


def test_recipe_without_variants_has_one() -> None:
    recipe = loaded(BASE)
    assert (recipe.name, recipe.seeds, recipe.plugins) == ("base", (0,), {})
    assert list(recipe.variants) == ["main"]
    main = to_plain(recipe.variants["main"].node)
    assert main["objectives"]["prd"] == {"use": "prd", "weight": 0.01}
    assert set(main) == {
        "dim", "source", "prepare", "protocol", "transforms", "streams", "head", "objectives", "references", "train"
    }  # fmt: skip


def test_ablation_has_a_variant_for_each_patch() -> None:
    recipe = loaded(
        "extends: base.yaml\nname: ablation\nseeds: [0, 1, 2]\nvariants:\n  full: {}\n"
        "  concat: {streams: {body: {fusion: {use: concat}}}}\n  no_prd: {objectives: {prd: null}}\n"
        "  mean: {estimator: {use: mean}}\n"
    )
    assert (recipe.name, recipe.seeds) == ("ablation", (0, 1, 2))
    assert list(recipe.variants) == ["full", "concat", "no_prd", "mean"]
    values = {name: to_plain(variant.node) for name, variant in recipe.variants.items()}
    assert values["full"]["streams"]["body"]["fusion"] == {"use": "msaf", "primary": "eeg"}
    assert values["concat"]["streams"]["body"]["fusion"] == {"use": "concat"}
    assert list(values["no_prd"]["objectives"]) == ["distribution", "pcl"]
    assert values["mean"]["estimator"] == {"use": "mean"}


def test_recipe_with_an_estimator_needs_no_network() -> None:
    recipe = loaded("name: x\nsource: {use: s}\nprotocol: {use: p}\nvariants: {a: {estimator: {use: mean}}}\n")
    assert to_plain(recipe.variants["a"].node)["estimator"] == {"use": "mean"}


def test_every_value_has_a_place() -> None:
    node = loaded("extends: base.yaml\nhead: {dropout: 0.5}\n", "dim=32").variants["main"].node
    found = {key: str(place) for key, (_, place) in list_values(node).items()}
    assert found["dim"] == "--set:1:5"
    assert found["head.use"] == "base.yaml:10:13"
    assert found["head.dropout"] == "r.yaml:2:17"
    assert found["train.lr"].startswith("mpcl_core/recipe/defaults.yaml:")


def test_plugins_are_relative_to_the_file_that_names_them(folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "mine.py").write_text("")
    (folder / "sub" / "parent.yaml").write_text(BASE + "plugins: [mine.py]\n")
    assert loaded("extends: sub/parent.yaml\n").plugins == {
        folder / "sub" / "mine.py": Place("sub/parent.yaml", 15, 11)
    }
    assert faults("extends: base.yaml\nplugins: [gone.py]\n") == [
        f"r.yaml:2:11: plugins[0]: there is no file {folder / 'gone.py'}."
    ]


def test_the_defaults_are_complete() -> None:
    required = {name for name, field in TrainSettings.model_fields.items() if field.is_required()}
    assert set(yaml.safe_load(DEFAULTS.read_text())["train"]) == required
    train = to_plain(loaded(BASE).variants["main"].node)["train"]
    assert TrainSettings(**train) == TrainSettings(
        epochs=30,
        patience=10,
        choose="best",
        inner_folds=1,
        refit=True,
        batch_size=128,
        lr=1e-3,
        schedule="constant",
        weight_decay=0.01,
        clip=1.0,
        modality_dropout=0.0,
        threads=1,
        precision="32",
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("trian: {lr: 1}", f"2:1: trian: no such key. Did you mean 'train'? {KNOWN}"),
        ("objectives: {prdd: null}", "2:14: objectives.prdd: nothing to remove. The parent has: distribution, pcl, prd."),
        ("dim: 99999999999", "2:6: dim: must be at most 65536, got 99999999999."),
        ("dim: 0", "2:6: dim: must be at least 1, got 0."),
        ("dim: 3.0", "2:6: dim: expected a whole number, got 3.0."),
        ("dim: true", "2:6: dim: expected a whole number, got true."),
        ("dim: null", "1:1: a network needs 'dim' too."),
        ("name: ../../evil", f"2:7: name: {NAME_RULE}, got '../../evil'."),
        ("name: 3", "2:7: name: expected text, got 3. Put it in quotes."),
        ("name: null", "1:1: 'name' is missing."),
        ('name: "a\\n"', f"2:7: name: {NAME_RULE}, got 'a\\n'."),
        ("seeds: []", "2:8: seeds: the number of entries must be at least 1, got 0."),
        ("seeds: 0", "2:8: seeds: a number of seeds must be from 1 to 1000, got 0. A list names the seeds: [0]."),
        ("seeds: 2001", "2:8: seeds: a number of seeds must be from 1 to 1000, got 2001. A list names the seeds: [2001]."),
        ("seeds: true", "2:8: seeds: expected a list, got true."),
        ("seeds: [1, 2, 1]", "2:15: seeds[2]: the seed 1 is given twice."),
        ("seeds: [-1]", "2:9: seeds[0]: must be at least 0, got -1."),
        ("seeds: [false]", "2:9: seeds[0]: expected a whole number, got false."),
        ("seeds: [4294967296]", "2:9: seeds[0]: must be at most 2147483647, got 4294967296."),
        ("plugins: [1]", "2:11: plugins[0]: expected text, got 1. Put it in quotes."),
        ("source: simulated", "2:9: source: expected a block like {use: name}, got 'simulated'."),
        ("head: [{use: linear}]", "2:7: head: expected a block like {use: name}, got a list."),
        ("head: {use: 3}", "2:13: head.use: expected text, got 3. Put it in quotes."),
        ("head: {use: null}", "2:1: head: 'use' is missing."),
        ("head: {use: ''}", "2:13: head.use: must be text of 1 or more characters, got ''."),
        (f"head: {{use: {'a' * 999}}}", f"2:13: head.use: must be text of 100 or fewer characters, got '{'a' * 57}...'."),
        ('"tr\\nain": {}', f"2:1: 'tr\\nain': no such key. Did you mean 'train'? {KNOWN}"),
        ("prepare: [window]", "2:11: prepare[0]: expected a block like {use: name}, got 'window'."),
        ("prepare: [{length: 1}]", "2:11: prepare[0]: 'use' is missing."),
        ("transforms: {use: x}", "2:13: transforms: expected a list, got a mapping. A list is replaced as a whole, never entry by entry."),
        ("transforms: x", "2:13: transforms: expected a list, got 'x'."),
        ("streams: [a]", "2:10: streams: expected a mapping, got a list."),
        ("streams: {body: null}", "2:10: streams: the number of entries must be at least 1, got 0."),
        ("streams: {body: {fusion: null}}", "2:11: streams.body: 'fusion' is missing."),
        ("streams: {body: {encoder: {use: x}}}", "2:18: streams.body.encoder: no such key. Did you mean 'encoders'? Known: encoders, fusion, memory."),
        ("streams: {body: {encoders: {a/b: {use: x}}}}", f"2:29: streams.body.encoders.a/b: {KEY_RULE}, got 'a/b'."),
        ("objectives: {a.b: {use: x}}", f"2:14: objectives.a.b: {KEY_RULE}, got 'a.b'."),
        ("streams: {'': {}}", "2:11: streams: a key must not be empty."),
        ("streams: {body: {memory: [x]}}", "2:26: streams.body.memory: expected a block like {use: name}, got a list."),
        ("objectives: {prd: {weight: -1}}", "2:28: objectives.prd.weight: must be at least 0, got -1."),
        ("objectives: {prd: {weight: true}}", "2:28: objectives.prd.weight: expected a number, got true."),
        ("objectives: {prd: {weight: .inf}}", "2:28: objectives.prd.weight: numbers must be finite, got .inf."),
        ("references: {a b: {use: mean}}", f"2:14: references.a b: {NAME_RULE}, got 'a b'."),
        ("train: {lr: 0}", "2:13: train.lr: must be above 0, got 0."),
        ("train: {lr: fast}", "2:13: train.lr: expected a number, got 'fast'."),
        ("train: {lr: null}", "2:1: train: 'lr' is missing."),
        ("train: {precision: 32}", "2:20: train.precision: must be '32' or 'bf16', got 32. Put it in quotes."),
        ("train: {precision: fp8}", "2:20: train.precision: must be '32' or 'bf16', got 'fp8'."),
        ("train: {refit: yes}", "2:16: train.refit: expected true or false, got 'yes'."),
        ("train: {epoch: 3}", "2:9: train.epoch: no such key. Did you mean 'epochs'? Known: epochs, patience, choose, inner_folds, refit, batch_size, lr, schedule, weight_decay, clip, modality_dropout, threads, precision, pretrain, from, from_parts, freeze, from_other_people, shrink, min_delta, warm_up, accumulate, optimizer, loss_weights."),
        ("train: null", "1:1: 'train' is missing."),
        ("train: {modality_dropout: 1.0}", "2:27: train.modality_dropout: must be below 1, got 1.0."),
        ("robustness: {rate: [0.5]}", "2:14: robustness.rate: no such key. Did you mean 'rates'? Known: subsets, rates, repeats."),
        ("robustness: {rates: [0.5, 1.0]}", "2:27: robustness.rates[1]: must be below 1, got 1.0."),
        (
            "train: {inner_folds: 5, choose: last}",
            "2:8: train: inner_folds choose a number of epochs: they need refit: true, and choose: best or one_se.",
        ),
        ("robustness: {subsets: false}", "2:13: robustness: there is nothing to test: subsets is false and there are no rates."),
        ("variants: [a]", "2:11: variants: expected a mapping of names to patches, got a list."),
        ("variants: {a: x}", "2:15: variants.a: expected a patch, such as {train: {epochs: 3}}, got 'x'."),
        ("variants: {../x: {}}", f"2:12: variants.../x: {NAME_RULE}, got '../x'."),
        ("variants: {a: {seeds: [1]}}", "2:16: variants.a.seeds: a variant cannot change 'seeds', which belongs to the recipe as a whole."),
        ("variants: {a: {hed: {use: x}}}", "2:16: variants.a.hed: no such key. Did you mean 'head'? Known: dim, source, prepare, protocol, transforms, pool, streams, head, objectives, mix, estimator, references, train, robustness, error_bars, name_trials, search, grid."),
        ("variants: {a: {}, b: {dim: 0}}", "2:28: dim: must be at least 1, got 0. Only in variant b."),
        ("variants: {a: {objectives: {x: null}}}", "2:29: objectives.x: nothing to remove. The parent has: distribution, pcl, prd."),
    ],
)  # fmt: skip
def test_faults_of_the_text(text: str, expected: str) -> None:
    assert faults(f"extends: base.yaml\n{text}\n") == [f"r.yaml:{expected}"]


def test_all_faults_are_reported_in_the_order_of_the_text() -> None:
    text = "extends: base.yaml\nname: a b\nname: c\ndim: .nan\nseeds: [x]\nhead: {use: 1}\nvariants: {a: {trian: 1}, b: {objectives: {x: null}}}\n"
    found = [line.split(" ")[:2] for line in faults(text, "train.lr=0", "nope=1")]
    assert found == [
        ["--set:1:10:", "train.lr:"],
        ["--set:2:1:", "nope:"],
        ["r.yaml:2:7:", "name:"],
        ["r.yaml:3:1:", "name:"],
        ["r.yaml:4:6:", "dim:"],
        ["r.yaml:5:9:", "seeds[0]:"],
        ["r.yaml:6:13:", "head.use:"],
        ["r.yaml:7:16:", "variants.a.trian:"],
        ["r.yaml:7:44:", "objectives.x:"],
    ]


def test_number_of_seeds_means_the_first_ones() -> None:
    recipe = loaded("extends: base.yaml\nseeds: 3\n")
    assert recipe.seeds == (0, 1, 2)
    assert again(recipe).seeds == (0, 1, 2)
    assert loaded("extends: base.yaml\n", "seeds=2").seeds == (0, 1)


def test_empty_recipe_is_refused() -> None:
    assert faults("name: x\n") == [
        "r.yaml:1:1: 'source' and 'protocol' are missing.",
        "r.yaml:1:1: an 'estimator' is missing, or a network: 'dim', 'streams', 'head' and 'objectives'.",
    ]


def test_selected_variants_keep_the_order_of_the_recipe() -> None:
    recipe = load({"extends": "mpcl", "variants": {"one": {"dim": 8}, "two": {"dim": 16}, "three": {"dim": 24}}})
    assert list(recipe.select(["three", "one"]).variants) == ["one", "three"]
    assert recipe.select(None) is recipe
    with pytest.raises(UsageError, match=r"no variant named 'four'\. Variants: one, two, three\."):
        recipe.select(["one", "four"])
    with pytest.raises(UsageError, match="no variant is selected"):
        recipe.select([])


def test_loaded_recipe_is_returned_and_takes_no_options() -> None:
    recipe = load("mpcl")
    assert load(recipe) is recipe
    with pytest.raises(UsageError, match="options patch a recipe while it is loaded"):
        load(recipe, ["dim=8"])


def test_loading_imports_no_torch_or_numpy() -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom mpcl_core.recipe.load import load\nload(Path('base.yaml'))\n"
        "print('torch' in sys.modules, 'numpy' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False", "False"]


def resolved(recipe: Recipe) -> str:
    values = {name: SimpleNamespace(recipe=to_plain(variant.node)) for name, variant in recipe.variants.items()}
    return recipe.resolved(values)


def again(recipe: Recipe) -> Recipe:
    Path("again.yaml").write_text(resolved(recipe))
    return load(Path("again.yaml"))


def values_of(recipe: Recipe) -> dict[str, Any]:
    """Return values with the order of their keys."""
    return {name: yaml.dump(to_plain(variant.node), sort_keys=False) for name, variant in recipe.variants.items()}


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        BASE,
        "extends: base.yaml\nreferences: null\nprepare: null\ntrain: {lr: 1e-4}\n",
        "extends: base.yaml\nvariants: {no_prd: {objectives: {prd: null}}, full: {}, mean: {estimator: {use: mean}}}\n",
        "extends: base.yaml\nvariants: {only: {prepare: [{use: x, y: null}]}}\n",
        "extends: base.yaml\nvariants: {a: {head: {use: h, x: 1}}, b: {head: {use: h, x: 1.0}}, c: {head: {use: h, x: true}}}\n",
        "extends: base.yaml\nhead: {x: ['1e-4', '.5', '1.', 'on', '~', '007', 1e-9, 1e300]}\n",
        "extends: base.yaml\nvariants: {a: {head: {x: [1]}}, b: {head: {x: {y: 1}}}, c: {head: {x: 2}}}\n",
        "extends: base.yaml\nvariants: {a: {head: {x: {y: 1}}}, b: {head: {x: {}}}, c: {head: {}}}\n",
    ],
)
def test_resolved_text_is_the_same_recipe(text: str) -> None:
    recipe = loaded(text)
    reloaded = again(recipe)
    assert values_of(reloaded) == values_of(recipe)
    assert (reloaded.name, reloaded.seeds) == (recipe.name, recipe.seeds)
    assert resolved(reloaded) == resolved(recipe)


SCALARS = st.one_of(
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), max_size=8),
    st.sampled_from(["1e-4", "null", "~", "on", "0x1", "1:30", "=", "<<", "- a", "a: b", "#", "'", "1_0", ".5", "+1", "\n", "a\nb", "2024-01-01", "!x", "*x", "٣"]),
)  # fmt: skip
VALUES = st.recursive(
    SCALARS | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc<~1=", min_size=1, max_size=3), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


def _without_nulls(value: Any) -> Any:
    """Return whether a mapping holds a null, which a resolved tree cannot, because null removes; a list may."""
    if isinstance(value, dict):
        return {key: _without_nulls(child) for key, child in value.items() if child is not None}
    return value


@pytest.mark.slow
@settings(deadline=None, max_examples=20)
@given(st.lists(st.dictionaries(st.text("abc", min_size=1), VALUES, max_size=3).map(_without_nulls), min_size=1, max_size=3))  # fmt: skip
def test_resolved_text_preserves_any_parameters(heads: list[dict[str, Any]]) -> None:
    recipe = loaded(BASE)
    main = to_plain(recipe.variants["main"].node)
    wanted = {f"v{number}": {**main, "head": {"use": "h", **head}} for number, head in enumerate(heads)}
    text = recipe.resolved({name: SimpleNamespace(recipe=values) for name, values in wanted.items()})
    Path("again.yaml").write_text(text, encoding="utf-8")
    found = {name: to_plain(variant.node) for name, variant in load(Path("again.yaml")).variants.items()}
    assert repr(found) == repr({name: {key: values[key] for key in found[name]} for name, values in wanted.items()})
    assert all(set(found[name]) == set(values) for name, values in wanted.items())


def test_find_patch() -> None:
    old = {"a": 1, "b": {"use": "x", "p": 1}, "c": {"d": 1, "e": 2}}
    new = {"a": 1.0, "b": {"use": "y"}, "c": {"d": 1}, "f": 3}
    assert find_patch(old, new) == {"a": 1.0, "b": {"use": "y"}, "c": {"e": None}, "f": 3}
    assert find_patch(old, old) == {}
