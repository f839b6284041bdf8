"""Provide recipes that a user could write and that must not run, with the expected messages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

BASE = """\
name: base
seeds: [0]
dim: 16
source: {use: simulated, subjects: 3, trials: 2}
prepare:
  - {use: window, length: 4.0, hop: 2.0}
protocol: {use: loso}
transforms:
  - {use: zscore}
streams:
  physiological:
    encoders:
      eeg: {use: channel_tokens}
      ppg: {use: conv_tokens}
    fusion: {use: concat}
    memory: {use: prototype_bank}
  behavioural:
    encoders:
      face: {use: conv_tokens}
    fusion: {use: mean}
head: {use: linear, dropout: 0.1}
objectives:
  distribution: {use: kl, weight: 1}
train: {epochs: 2, lr: 1e-3}
"""
"""A recipe without a fault, which is written beside each broken one as ``base.yaml``."""

CHILD = "extends: base.yaml\n"


@dataclass(frozen=True)
class Broken:
    """Hold one broken recipe.

    Args:
        name: what is wrong with it.
        text: its text, or None where there is no such file.
        place: what a line of the message begins with: file, line, column and key, where it has them.
        fragments: what that line says besides.
        sets: options on the command line.
        others: more files beside it.
    """

    name: str
    text: str | bytes | None
    place: str
    fragments: tuple[str, ...]
    sets: tuple[str, ...] = ()
    others: Mapping[str, str | bytes] = field(default_factory=dict)

    def write(self, folder: Path) -> Path:
        """Puts its files into a folder and returns the recipe's."""
        files = {"base.yaml": BASE, "recipe.yaml": self.text, **self.others}
        for name, content in files.items():
            if content is not None:
                data = content if isinstance(content, bytes) else content.encode()
                (folder / name).write_bytes(data)
        return folder / "recipe.yaml"


def child(name: str, text: str, place: str, *fragments: str, others: Mapping[str, str | bytes] | None = None) -> Broken:
    """Make a broken recipe that patches the valid one; ``place`` is in its own text."""
    return Broken(name, CHILD + text + "\n", f"recipe.yaml:{place}", fragments, others=others or {})


PLUGIN = """\
from mpcl_core.interfaces.components import Head
from mpcl_core.interfaces.hooks import hookimpl

class {cls}(Head):
    name = "{name}"

    def forward(self, streams):
        raise NotImplementedError

@hookimpl
def mpcl_components():
    return [{cls}]
"""
ALIASES = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join(['*' + old] * 10)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
NAME_RULE = "must be a name of letters, digits, '.', '-' and '_'"

BROKEN = (
    # the file
    Broken("missing file", None, "recipe.yaml:1:1: ", ("no such file",)),
    Broken("empty file", "", "recipe.yaml:1:1: ", ("the text is empty",)),
    Broken("only comments", "# later\n", "recipe.yaml:1:1: ", ("the text is empty",)),
    Broken("binary file", b"\x89PNG\r\n\x1a\n\x00\x00", "recipe.yaml:1:1: ", ("the byte 0x89 is not UTF-8", "text file")),
    Broken("zero bytes", "name: x\n\0\0\n", "recipe.yaml:2:1: ", ("U+0000 is not text",)),
    Broken("not UTF-8", "name: café\n".encode("latin-1"), "recipe.yaml:1:10: ", ("the byte 0xe9 is not UTF-8",)),
    Broken("50 MB", b"# " + b"x" * 50_000_000, "recipe.yaml:1:1: ", ("larger than 1 MiB",)),
    Broken("a list", "- name: x\n", "recipe.yaml:1:1: ", ("expected keys", "got a list")),
    Broken("two documents", BASE + "---\n" + BASE, "recipe.yaml:25:1: ", ("a second document",)),
    # the YAML
    child("tab", "train:\n\tlr: 1e-3", "3:1: ", "indent with spaces; a tab is not allowed here"),
    child("open bracket", "train: {lr: 1e-3\nname: x", "2:8: ", "bracket is not closed", "a ',' is missing"),
    child("open quote", "name: 'x\nseeds: [0]", "2:7: ", "quote is not closed"),
    child("no space behind a colon", "dim:16\nname: x", "2:1: ", "expected 'key: value'", "a space after the ':'"),
    child("indentation", "train:\n    lr: 1e-3\n  epochs: 3", "4:3: ", "expected a key in line with those above"),
    child("duplicate key", "dim: 8\nname: x\ndim: 16", "4:1: dim: ", "the key is given twice, on lines 2 and 4"),
    child("duplicate key inside", "train: {lr: 1, lr: 2}", "2:16: train.lr: ", "the key is given twice"),
    child("alias bomb", ALIASES, "", "more than 10000 values", "aliases"),
    child("deep nesting", "x: " + "[" * 900, "2:54: ", "nested more than 50 deep"),
    child("nesting beyond PyYAML 6.0.4's bound", "x: " + "[" * 10_000, "2:", "nest"),
    child("alias of itself", "head: &h {use: *h}", "2:16: head.use: ", "this alias has no complete anchor &h before it"),
    child("merge key", "head: {<<: {use: linear}}", "2:8: head: ", "merge keys (<<) are not supported", "extends"),
    child("tag", "head: !!python/object/apply:os.system [ls]", "2:7: head: ", "!!python/object/apply:os.system is not allowed"),
    child("number as a key", "objectives: {1: {use: kl}}", "2:14: objectives: ", "a key must be text, got 1", "quotes"),
    child("no value", "head:", "2:6: head: ", "no value", "Write null to remove it"),
    # merging
    Broken("missing parent", "extends: no.yaml\n", "recipe.yaml:1:10: extends: ", ("cannot read", "no.yaml", "no such file")),
    Broken("cyclic extends", "extends: b.yaml\n", "b.yaml:1:10: extends: ", ("extend each other", "recipe.yaml -> ", "b.yaml -> "), others={"b.yaml": "extends: recipe.yaml\n"}),
    child("removing what is not there", "objectives: {prdd: null}", "2:14: objectives.prdd: ", "nothing to remove", "The parent has: distribution."),
    child("removing in a variant", "variants:\n  a: {}\n  no_prd: {objectives: {prd: null}}", "4:25: objectives.prd: ", "nothing to remove", "Only in variant no_prd."),
    child("a parameter of the replaced block", "head: {use: linear2, dropout: null}", "2:22: head.dropout: ", "nothing to remove"),
    child("patching a list", "prepare: {length: 3}", "2:10: prepare: ", "expected a list, got a mapping", "replaced as a whole"),
    # the fixed blocks
    child("unknown key", "trian: {lr: 1e-3}", "2:1: trian: ", "no such key", "Did you mean 'train'?", "Known: name, "),
    child("unknown key in train", "train: {epoch: 3}", "2:9: train.epoch: ", "no such key", "Did you mean 'epochs'?"),
    child("unknown key in a stream", "streams: {behavioural: {bank: {use: prototype_bank}}}", "2:25: streams.behavioural.bank: ", "no such key", "Known: encoders, fusion, memory."),
    child("name of a folder above", "name: ../../evil", "2:7: name: ", NAME_RULE, "got '../../evil'"),
    child("variant's name of a folder above", "variants: {../../evil: {}}", "2:12: variants.../../evil: ", NAME_RULE),
    child("stream's name with a slash", "streams: {a/b: {encoders: {eeg: {use: conv_tokens}}, fusion: {use: mean}}}", "2:11: streams.a/b: ", "must be a name of letters, digits, '-' and '_'"),
    child("no seeds", "seeds: []", "2:8: seeds: ", "at least 1"),
    child("negative seed", "seeds: [0, -1]", "2:12: seeds[1]: ", "must be at least 0, got -1"),
    child("seed twice", "seeds: [3, 3]", "2:12: seeds[1]: ", "the seed 3 is given twice"),
    child("huge dim", "dim: 99999999999", "2:6: dim: ", "must be at most 65536, got 99999999999"),
    child("dim as text", "dim: large", "2:6: dim: ", "expected a whole number, got 'large'"),
    child("dim as a fraction", "dim: 16.0", "2:6: dim: ", "expected a whole number, got 16.0"),
    child("true for a number", "train: {lr: true}", "2:13: train.lr: ", "expected a number, got true"),
    child("not a number", "train: {lr: .nan}", "2:13: train.lr: ", "must be finite, got .nan"),
    child("infinite weight", "objectives: {distribution: {weight: .inf}}", "2:37: objectives.distribution.weight: ", "must be finite"),
    child("negative weight", "objectives: {distribution: {weight: -0.5}}", "2:37: objectives.distribution.weight: ", "must be at least 0, got -0.5"),
    child("zero batch", "train: {batch_size: 0}", "2:21: train.batch_size: ", "must be at least 1, got 0"),
    child("unquoted precision", "train: {precision: 32}", "2:20: train.precision: ", "must be '32' or 'bf16', got 32", "quotes"),
    child("list for a block", "head: [linear]", "2:7: head: ", "expected a block like {use: name}, got a list"),
    child("text for a block", "protocol: loso", "2:11: protocol: ", "expected a block like {use: name}, got 'loso'"),
    child("no objective left", "objectives: {distribution: null}", "2:13: objectives: ", "at least 1, got 0"),
    child("no head", "head: null", "1:1: a network needs 'head' too"),
    Broken("no experiment", "name: x\n", "recipe.yaml:1:1: ", ("'source' and 'protocol' are missing",)),
    child("seeds of a variant", "variants: {a: {seeds: [1]}}", "2:16: variants.a.seeds: ", "belongs to the recipe as a whole"),
    child("missing plugin", "plugins: [mine.py]", "2:11: plugins[0]: ", "there is no file", "mine.py"),
    # the command line
    Broken("option without a value", CHILD, "--set:1:9: train.lr: ", ("no value",), sets=("train.lr=",)),
    Broken("option without a key", CHILD, "--set:2:1: ", ("expected key.key=value", "got 'fast'"), sets=("dim=8", "fast")),
    Broken("option beyond a list", CHILD, "--set:1:9: prepare: ", ("expected the number of an entry",), sets=("prepare.9.hop=1",)),
    Broken("option that removes nothing", CHILD, "--set:1:12: objectives.prd: ", ("nothing to remove",), sets=("objectives.prd=null",)),
    Broken("option out of range", CHILD, "--set:1:14: train.epochs: ", ("at least 1, got 0",), sets=("train.epochs=0",)),
    # the components
    child("unknown component", "streams: {behavioural: {fusion: {use: concatt}}}", "2:39: streams.behavioural.fusion.use: ", "no fusion named 'concatt'", "Did you mean 'concat'?", "Known: concat, cross_attention"),
    child("component of another slot", "head: {use: zscore}", "2:13: head.use: ", "no head named 'zscore'", "is the name of a transform"),
    child("unknown parameter", "head: {dropuot: 0.2}", "2:8: head.dropuot: ", "'linear' has no parameter 'dropuot'", "Did you mean 'dropout'?", "It takes: dropout"),
    child("parameter of the engine", "head: {dim: 64}", "2:8: head.dim: ", "the engine supplies 'dim' to 'linear'"),
    child("parameter of the wrong type", "head: {dropout: low}", "2:17: head.dropout: ", "expected a number, got 'low'"),
    child("parameter out of range", "head: {dropout: 1.5}", "2:17: head.dropout: ", "must be below 1, got 1.5"),
    child("true for a count", "source: {subjects: true}", "2:20: source.subjects: ", "expected a whole number, got true"),
    child("missing parameter", "source: {use: dmer}", "2:1: source: ", "'dmer' needs 'path'"),
    child("missing parameter in a list", "prepare: [{use: window}]", "2:11: prepare[0]: ", "'window' needs 'length'"),
    child("choice that does not exist", "transforms: [{use: zscore, scope: all}]", "2:35: transforms[0].scope: ", "must be 'train', 'subject' or 'sample'", "got 'all'"),
    child("fitted transform in prepare", "prepare: [{use: zscore}]", "2:17: prepare[0].use: ", "'zscore' is not a stateless transform", "belongs under 'transforms'"),
    child("cutting in transforms", "transforms: [{use: window, length: 4.0}]", "2:20: transforms[0].use: ", "'window' is not a fitted transform", "belongs under 'prepare'"),
    child("broken reference", "references: {knn: {k: 0}}", "2:23: references.knn.k: ", "must be at least 1, got 0"),
    child("plugin that raises on import", "plugins: [bad.py]\nhead: {use: mine}", "3:13: head.use: ", "no head named 'mine'", "Not loaded: ", "bad.py (RuntimeError: no GPU today, line 1)", others={"bad.py": "raise RuntimeError('no GPU today')\n"}),
    child("name that torch uses", "objectives: {pop: {use: kl}}", "2:14: objectives.pop: ", "torch uses this name itself"),
    Broken("two plugins with one name", CHILD + "plugins: [a.py, b.py]\n", "two plugins bring a head named 'mine'", ("a.py", "b.py"), others={"a.py": PLUGIN.format(cls="A", name="mine"), "b.py": PLUGIN.format(cls="B", name="mine")}),
    Broken("plugin with a taken name", CHILD + "plugins: [a.py]\n", "two plugins bring a head named 'linear'", ("mpcl_plugins.heads", "a.py"), others={"a.py": PLUGIN.format(cls="A", name="linear")}),
    # the source's modalities
    child("unknown modality", "streams: {physiological: {encoders: {egg: {use: conv_tokens}}}}", "2:38: streams.physiological.encoders.egg: ", "'simulated' has no modality 'egg'", "Did you mean 'eeg'?", "It has: "),
    child("unknown modality of a reference", "references: {knn: {modalities: [faces]}}", "2:14: references.knn.modalities: ", "has no modality 'faces'", "Did you mean 'face'?"),
    Broken("nothing cuts", CHILD + "prepare: []\n", "base.yaml:4:1: prepare: ", ("'simulated' loads recordings", "cuts them into windows")),
    child("cut twice", "prepare: [{use: window, length: 4.0}, {use: window, length: 2.0}]", "2:39: prepare[1].use: ", "'window' takes recordings, but the windows are cut before it"),
)  # fmt: skip
"""All broken recipes, in the order in which a recipe is read."""
