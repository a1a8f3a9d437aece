"""Lay a page out as one HTML file that asks nothing of the network."""

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from vtsplit.cli.page.content import Page
from vtsplit.diagnostics import visible

_FOLDER = "vtsplit.cli.page"
# What a file has that this wrote: such a file may be written over.
_HEAD = 4096  # bytes
GENERATOR = '<meta name="generator" content="vtsplit report">'


def render(page: Page) -> bytes:
    """Return the page as HTML. Names are escaped by the templates, and shown as they are."""
    style, script = _read("page.css"), _read("page.js")
    environment = Environment(
        loader=PackageLoader(_FOLDER, "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["visible"] = visible
    text = environment.get_template("page.html").render(
        page=page,
        style=Markup(style),
        script=Markup(script),
        policy=_policy(style, script),
        generator=Markup(GENERATOR),
    )
    return text.encode("utf-8", "replace")


def is_ours(path: Path) -> bool:
    """Tell whether a file is a page that this made. Raises OSError."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return GENERATOR.encode() in file.read(_HEAD)


def _read(name: str) -> str:
    return files(_FOLDER).joinpath("templates", name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Return a policy that lets these two run and nothing else, and no request be made."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
