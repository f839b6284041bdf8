"""Measure docstrings: whether they begin with an imperative verb, and whether they say what is returned.

Run: python tests/support/docstrings.py FOLDER_OR_FILE …   (lists what is to be mended)
"""

import ast
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

VERBS = frozenset(
    """
    accept add adjust align allow alternate answer append apply arrange ask assemble assert assign attach attend audit average
    balance begin bind block blend break bring build cache calculate calibrate call cap carry cast catch center centre
    change check choose classify clean clear clip close cluster collect combine compare compile complete compose compress
    compute concatenate configure connect construct contain contrast convert convolve copy correct correlate count
    cover create cross cut deal decide declare decode decompose decorate define delete deliver depend derive describe
    detect determine differentiate discard discover display distil distribute divide do download draw drop embed
    emit enable encode end enforce ensure enter enumerate escape estimate evaluate examine exclude execute exit expand explain
    export expose extend extract fail fetch fill filter find finish fit fix flag flatten flip floor fold follow forget
    format forward freeze fuse gate gather generate get give go group guard guess guide handle hash hide hold
    identify ignore implement import include index indicate infer inform inherit initialise insert inspect install
    integrate interpolate interpret invert iterate join judge keep label launch lay lead learn leave let limit link
    list listen load locate lock log look lower make manage map mark mask match mean measure merge mirror mix model
    modify move multiply name narrow normalise note number observe offer open optimise order organise own pack pad pair parse
    partition pass patch perform permute place plan play plot point pool predict prefer prepare present preserve
    prevent print process produce project propagate protect prove provide publish pull push put quote raise rank rate re-raise
    reach read rebuild receive recognise record redraw reduce refer refine refit refuse register reject relate release
    remember remove rename render reorder repeat replace replay report represent require resample reset reshape resize
    resolve respond restore restrict resume retrieve return reverse rewrite round run sample save scale schedule score
    search seed select send separate serialise serve set shape share shift shorten show shrink shuffle sign silence skip slice smooth
    simulate solve sort specify split spread stack stand standardise start state stop store stream strip study submit subtract sum
    summarise supply support switch synchronise take tally teach tell test throw tie time track train transform
    translate treat trim truncate try turn undo unfold unify unpack update upload use validate vary verify wait walk
    warn watch weigh weight wrap write yield
    """.split()  # noqa: SIM905
)  # sorted, British spelling; add a verb where one is lacking


@dataclass(frozen=True)
class Documented:
    """Hold one docstring and where it stands.

    Args:
        path, line: the place.
        kind: ``module``, ``class`` or ``function``.
        name: what is documented.
        text: the docstring.
        returns: whether a function hands something back (properties and overloads of ``object`` apart).
        parameters: the names of a function's parameters.
    """

    path: Path
    line: int
    kind: str
    name: str
    text: str
    returns: bool
    parameters: frozenset[str] = frozenset()

    @property
    def begins_with_a_verb(self) -> bool:
        """Whether the first word is an imperative verb."""
        words = self.text.split()
        return bool(words) and words[0].strip("`*.,:;").lower() in VERBS

    @property
    def says_what_is_returned(self) -> bool:
        """Whether there is a section ``Returns`` or ``Yields``."""
        return "Returns:" in self.text or "Yields:" in self.text


def documented(root: Path) -> Iterator[Documented]:
    """Yield every docstring below a folder, or of a file.

    Args:
        root: a folder or a Python file.

    Yields:
        The docstrings in the order of the files and lines.
    """
    for path in sorted(root.rglob("*.py")) if root.is_dir() else [root]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                text = ast.get_docstring(node)
                if text:
                    yield _described(path, node, text)


def _described(path: Path, node: ast.AST, text: str) -> Documented:
    if isinstance(node, ast.Module):
        return Documented(path, 1, "module", path.stem, text, False)
    if isinstance(node, ast.ClassDef):
        return Documented(path, node.lineno, "class", node.name, text, False)
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    decorators = {ast.unparse(decorator).rpartition(".")[2] for decorator in node.decorator_list}
    hands_back = not (node.returns is None or ast.unparse(node.returns) in ("None", "Never", "NoReturn"))
    is_property = bool(decorators & {"property", "cached_property", "contextmanager"})
    returns = hands_back and not is_property
    return Documented(path, node.lineno, "function", node.name, text, returns, _parameters(node.args))


def _parameters(args: ast.arguments) -> frozenset[str]:
    named = [*args.posonlyargs, *args.args, *args.kwonlyargs, *filter(None, (args.vararg, args.kwarg))]
    return frozenset(arg.arg for arg in named)


def main(roots: Sequence[str]) -> None:
    """Print what is to be mended below these folders, and the shares."""
    found = [each for root in roots for each in documented(Path(root))]
    own = [each for each in found if each.kind != "module"]
    returning = [each for each in own if each.returns]
    for each in own:
        if not each.begins_with_a_verb:
            print(f"{each.path}:{each.line}: {each.name}: no verb first: {each.text.splitlines()[0]}")  # noqa: T201
        if each.returns and not each.says_what_is_returned:
            print(f"{each.path}:{each.line}: {each.name}: no Returns")  # noqa: T201
        if len(each.text.splitlines()[0]) > 100:
            print(f"{each.path}:{each.line}: {each.name}: first line over 100 characters")  # noqa: T201
    verbs, returns = sum(each.begins_with_a_verb for each in own), sum(each.says_what_is_returned for each in returning)
    print(f"verb first {verbs} of {len(own)}; Returns {returns} of {len(returning)}")  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
