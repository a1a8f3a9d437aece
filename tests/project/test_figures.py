"""The figures that the pages tell are those that the bench has kept."""

import re
from pathlib import Path
from typing import Any

import pytest

import figures

PAGES = {path.relative_to(figures.ROOT).as_posix(): path for path in figures.pages()}
MARK = "<!-- = speed: dry run: s -->"
# Pages whose every figure of this kind is marked, but for goals, which are bold.
MEASURED = ("README.md", "docs/speed.md")
FIGURE = re.compile(r"(?<![\d.,])(?<!-->)[\d.]+\s+(?:s\b|times\b|\|)")


@pytest.mark.parametrize("name", PAGES)
def test_figures_are_those_of_the_bench(name: str) -> None:
    text = PAGES[name].read_text()
    assert text == figures.with_figures(text, figures.read()), "run: python bench/figures.py"
    # In Markdown a comment at the start of a line ends the paragraph.
    assert not re.findall(r"^[ >|-]*<!-- (?:=|by hand)", text, re.MULTILINE)
    assert text.count("<!-- = ") == len(re.findall(r"<!-- = [^>]+ -->\d", text))


@pytest.mark.parametrize("name", MEASURED)
def test_every_figure_is_marked(name: str) -> None:
    text = PAGES[name].read_text()
    if name == "README.md":
        text = text.partition("\n## Figures\n")[2]
    text = re.sub(r"<!-- growth -->.*?<!-- end of growth -->", "", text, flags=re.DOTALL)
    assert not FIGURE.findall(re.sub(r"\*\*.*?\*\*", "", text, flags=re.DOTALL))


def test_a_figure_that_differs_is_found() -> None:
    known: dict[str, Any] = {"speed": {"date": "1 May 2027", "rows": {"dry run": {"s": 3.58}}}}
    assert figures.with_figures(f"It takes {MARK}3.6 s.", known) == f"It takes {MARK}3.6 s."
    assert figures.with_figures(f"It takes {MARK}12 s.", known) == f"It takes {MARK}3.6 s."
    of = "of <!-- = speed: date -->29 November 2026, on"
    assert figures.with_figures(of, known) == "of <!-- = speed: date -->1 May 2027, on"
    with pytest.raises(KeyError, match="speed: dry run: s"):
        figures.with_figures(f"It takes {MARK}3.6 s.", {"speed": {"rows": {}}})


def test_a_figure_that_is_not_kept_is_named_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = [tmp_path / "a.md", tmp_path / "b.md"]
    pages[0].write_text("of <!-- = speed: date -->29 November 2026")
    pages[1].write_text(f"It takes {MARK}3.6 s.")
    monkeypatch.setattr(figures, "FILE", tmp_path / "figures.json")
    figures.FILE.write_text('{"speed": {"date": "1 May 2027", "rows": {}}}')
    monkeypatch.setattr(figures, "pages", lambda: pages)
    with pytest.raises(SystemExit, match="has no figure 'speed: dry run: s'"):
        figures.main()
    assert "29 November" in pages[0].read_text()


def test_a_part_is_kept_in_place_of_an_older_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "FILE", tmp_path / "figures.json")
    figures.FILE.write_text('{"speed": {"rows": {"old": {"s": 1}}}, "growth": {}}')
    figures.keep("speed", "linux-6.1", {"dry run": {"s": 3.58}})
    kept = figures.read()
    assert kept.keys() == {"speed", "growth"}
    assert kept["speed"]["rows"] == {"dry run": {"s": 3.58}}
    assert kept["speed"].keys() >= {"date", "machine", "commit", "tree"}


@pytest.mark.parametrize(
    ("value", "shown"), [(40.2, "40"), (9.96, "10"), (3.58, "3.6"), (0.352, "0.4"), (0.044, "0.04")]
)
def test_digits(value: float, shown: str) -> None:
    assert figures.rounded(value) == shown
