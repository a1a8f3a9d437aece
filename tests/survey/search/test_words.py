"""Two ways to search a tree for names: they find the same."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vtsplit.survey.search import words
from vtsplit.survey.search.engines import AutomatonSearch, SetSearch
from vtsplit.survey.search.listing import list_sources
from vtsplit.survey.search.words import find_words

PIECES = st.sampled_from(["f", "foo", "foo_a", "$", "-", ".", "a-b.c", "é", " ", "\n", "x", "1"])
TEXTS = st.lists(PIECES, max_size=12).map("".join)
NAMES = st.sets(st.lists(PIECES, min_size=1, max_size=3).map("".join), min_size=1, max_size=8)


@given(text=TEXTS, names=NAMES)
def test_both_ways_find_the_same(
    text: str, names: set[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.getbasetemp()
    (root / "words.c").write_text(text)
    patterns = sorted(name.encode() for name in names)
    found = [
        list(one(root, patterns).run(["words.c"])[0] or ()) for one in (AutomatonSearch, SetSearch)
    ]
    assert found[0] == found[1]


@pytest.mark.parametrize("way", [AutomatonSearch, SetSearch])
def test_what_is_a_whole_word(tmp_path: Path, way: type[AutomatonSearch] | type[SetSearch]) -> None:
    (tmp_path / "a.c").write_text("foo food a-b.c x-a-b.c foo_")
    patterns = [b"foo", b"foo_", b"oo", b"a-b.c", b"b.c", b"-b"]
    assert list(way(tmp_path, patterns).run(["a.c", "none.c"])[0] or ()) == [0, 1, 3, 4]


def test_many_names_are_found_by_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(40):
        (tmp_path / f"{number}.c").write_text(f"int name_{number}, common; /* a-{number}.c */\n")
    names = [f"name_{number}" for number in range(50)] + ["common", "a-7.c"]
    few = find_words(tmp_path, names)
    monkeypatch.setattr(words, "MANY", 10)
    monkeypatch.setattr(words, "_CHUNK", 7)
    done: list[tuple[int, int]] = []
    many = find_words(tmp_path, names, progress=lambda *told: done.append(told))
    assert many == few
    assert many.of("common") == tuple(list_sources(tmp_path))
    assert (many.of("a-7.c"), many.of("name_45")) == (("7.c",), ())
    assert done[-1] == (40, 40)


@pytest.mark.parametrize("many", [False, True])
def test_what_cannot_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, many: bool
) -> None:
    (tmp_path / "a.c").write_text("name_1")
    (tmp_path / "gone.c").symlink_to("nowhere.c")
    (tmp_path / "b.c").write_text("name_1")
    read, scan = os.open, os.scandir

    def open_but_one(path: str, flags: int) -> int:
        if path.endswith("b.c"):
            raise PermissionError(13, "Permission denied", path)
        return read(path, flags)

    def enter_but_one(path: str) -> object:
        if path.endswith("closed"):
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    (tmp_path / "closed").mkdir()
    monkeypatch.setattr(os, "open", open_but_one)
    monkeypatch.setattr(os, "scandir", enter_but_one)
    if many:
        monkeypatch.setattr(words, "MANY", 1)
        monkeypatch.setattr(words, "_CHUNK", 1)
    found = find_words(tmp_path, ["name_1", "name_2"])
    assert found.of("name_1") == ("a.c",)
    assert found.unread == ("closed", "b.c")
