"""Write docs/pictures/terminal.svg: commands on the sample, as a terminal shows them.

It needs rich (`pip install -e '.[docs]'`). Run it after the output of these commands has changed.
"""

import re
import sys
from contextlib import chdir
from html import escape, unescape
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from terminals import run_on_terminal

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs/pictures/terminal.svg"
SAMPLE = ROOT / "samples/mini-kvm"
COMMANDS = ("scan", "split --stat", "split --table vmx/vmx.c:vmx_x86_op")
_COLUMNS = 96
_PROMPT = "\x1b[1;32mmini-kvm$\x1b[0m "
_PROGRESS = re.compile(r"(?:\r\x1b\[K[^\r\n]*)*\r\x1b\[K")
# As rich has it, but for fonts from elsewhere, and with the text for whoever cannot see a picture.
_FORMAT = """\
<svg class="rich-terminal" viewBox="0 0 {{width}} {{height}}" xmlns="http://www.w3.org/2000/svg">
<desc>{text}</desc>
<style>
.{{unique_id}}-matrix {{{{
    font-family: monospace; font-size: {{char_height}}px; line-height: {{line_height}}px;
}}}}
{{styles}}
</style>
<defs>
<clipPath id="{{unique_id}}-clip-terminal">
<rect x="0" y="0" width="{{terminal_width}}" height="{{terminal_height}}" />
</clipPath>
{{lines}}
</defs>
{{chrome}}
<g transform="translate({{terminal_x}}, {{terminal_y}})" \
clip-path="url(#{{unique_id}}-clip-terminal)">
{{backgrounds}}
<g class="{{unique_id}}-matrix">
{{matrix}}
</g>
</g>
</svg>
"""


def session() -> str:
    """Run the commands in a copy of the sample; return what a terminal has then.

    Whether the project itself is under git would make a difference to them.
    """
    shown = []
    with TemporaryDirectory() as name, chdir(copytree(SAMPLE, Path(name) / SAMPLE.name)):
        for command in COMMANDS:
            ran = run_on_terminal(
                *command.split(), columns=_COLUMNS, environment={"VTSPLIT_NO_CACHE": "1"}
            )
            shown.append(f"{_PROMPT}vtsplit {command}\n{_PROGRESS.sub('', ran.text)}")
    return "\n".join(shown)


def plain(text: str) -> str:
    """Return a text without its colours."""
    return re.sub(r"\x1b\[[\d;]*m", "", text)


def picture(text: str) -> str:
    """Return a text with colours as a picture."""
    from io import StringIO

    from rich.console import Console
    from rich.text import Text

    console = Console(record=True, width=_COLUMNS, file=StringIO(), color_system="truecolor")
    console.print(Text.from_ansi(text), highlight=False, soft_wrap=True)
    described = escape(plain(text)).replace("{", "{{").replace("}", "}}")
    format_ = _FORMAT.format(text=described)
    drawn = console.export_svg(title="vtsplit", code_format=format_, unique_id="terminal")
    return re.sub(r"[ \t]+$", "", drawn, flags=re.MULTILINE).rstrip() + "\n"


def described(drawn: str) -> str:
    """Return the text that a picture is of."""
    found = re.search(r"<desc>(.*?)</desc>", drawn, re.DOTALL)
    assert found is not None
    return unescape(found[1])


if __name__ == "__main__":
    PICTURE.write_text(picture(session()), encoding="utf-8")
