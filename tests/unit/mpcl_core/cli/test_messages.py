"""Messages are printed as they are: no markup, no control characters."""

import io

from rich.table import Table

from mpcl_core.cli.messages import SafeConsole, message_printer


def printed(renderable: object) -> str:
    console = SafeConsole()
    console.file = io.StringIO()
    message_printer(console)(renderable)  # type: ignore[arg-type]
    return str(console.file.getvalue())


def test_square_brackets_are_no_markup() -> None:
    assert printed("[red]x[/x] :smile:") == "[red]x[/x] :smile:\n"


def test_control_characters_are_escaped_in_lines_and_tables() -> None:
    table = Table("\x1b[31m", title="\x1b")
    table.add_row("\x07")
    assert printed("\x1b]0;x\x07") == "\\x1b]0;x\\x07\n"
    assert not set(printed(table)) & {"\x1b", "\x07"}
