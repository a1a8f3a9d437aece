"""What searches keep for later runs: no result may depend on it."""

import contextlib
import multiprocessing
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vtsplit.survey.search import engines, index, kept, remembering
from vtsplit.survey.search import words as words_module
from vtsplit.survey.search.index import WordIndex
from vtsplit.survey.search.kept import (
    MOST_TREES,
    KeptWords,
    cache_folder,
    kept_file,
    read_kept,
    write_kept,
)
from vtsplit.survey.search.listing import FileListing
from vtsplit.survey.search.remembering import RememberingSearch, file_time
from vtsplit.survey.search.words import find_words

NAMES = ("one", "two", "three")
TICK = 12_000_000  # ns: a tick of the kernel's clock is no longer


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    monkeypatch.setattr(remembering, "_TICK", TICK)
    return folder / "vtsplit/words"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Make a tree whose files are older than any clock's tick."""
    folder = tmp_path / "tree"
    folder.mkdir()
    for name, text in {"a.c": "one two", "b.c": "two", "c.h": "one", "d.txt": "four"}.items():
        (folder / name).write_text(text)
    settle(folder)
    return folder


def settle(folder: Path) -> None:
    """Wait for the clock of the file system to go on behind the last change."""
    newest = max(path.stat().st_ctime_ns for path in folder.rglob("*"))
    while file_time() <= newest:
        time.sleep(0.001)


def run(root: Path, names: tuple[str, ...] = NAMES, is_kept: bool = True) -> dict[str, object]:
    """Search as one run does, and keep what it finds."""
    search = RememberingSearch(FileListing(root), file_time(), is_kept)
    found = search.find(names)
    search.keep()
    return dict(found.files)


def read_by(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that gets the path of each file in which names are looked for."""
    paths: list[str] = []

    def watching(root: Path, names: object, some: list[str], *more: object) -> object:
        paths.extend(some if names else [])
        return find_words(root, names, some, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(remembering, "find_words", watching)
    return paths


def _rewrite_with_its_times(root: Path) -> None:
    """Change a text, and neither its size nor the time that `ls` shows."""
    (root / "b.c").write_text("one")
    os.utime(root / "b.c", ns=(0, 0))


def _add_folder(root: Path) -> None:
    (root / "f").mkdir()
    (root / "f/g.h").write_text("two")


CHANGES: dict[str, Callable[[Path], object]] = {
    "nothing": lambda root: None,
    "other text": lambda root: (root / "a.c").write_text("three"),
    "same size and time": _rewrite_with_its_times,
    "new file": lambda root: (root / "e.c").write_text("one"),
    "gone": lambda root: (root / "a.c").unlink(),
    "another in its place": lambda root: (root / "b.c").rename(root / "a.c"),
    "new folder": _add_folder,
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_is_read_again(root: Path, change: str) -> None:
    os.utime(root / "b.c", ns=(0, 0))
    settle(root)
    assert run(root) == dict(find_words(root, NAMES).files)
    CHANGES[change](root)
    assert run(root) == dict(find_words(root, NAMES).files)
    assert run(root, ("four", "one")) == dict(find_words(root, ("four", "one")).files)
    assert run(root) == dict(find_words(root, NAMES).files)


def test_only_what_changes_is_read_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = read_by(monkeypatch)
    run(root)
    assert sorted(paths) == ["a.c", "b.c", "c.h", "d.txt"]
    paths.clear()
    run(root)
    assert paths == []
    (root / "b.c").write_text("three")
    run(root)
    assert paths == ["b.c"]
    paths.clear()
    run(root, ("four",))
    assert sorted(paths) == ["a.c", "b.c", "b.c", "c.h", "d.txt"]


def test_a_file_that_may_have_changed_meanwhile_is_read_again(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    search = RememberingSearch(FileListing(root), file_time(), is_kept=True)
    search.find(NAMES)
    (root / "b.c").write_text("one one")
    search.keep()
    assert "b.c" not in read_kept(root).stamps
    paths = read_by(monkeypatch)
    assert run(root)["one"] == ("a.c", "b.c", "c.h")
    assert paths == ["b.c"]


@pytest.mark.parametrize("names", [NAMES, ("four",)])
def test_a_folder_that_is_changed_for_another_one_meanwhile(
    root: Path, names: tuple[str, ...]
) -> None:
    """Its files do not change by that, nor does their change time."""
    for name, text in {"used": "one", "fresh": "three four"}.items():
        (root / name).mkdir()
        (root / name / "u.c").write_text(text)
    settle(root)
    search = RememberingSearch(FileListing(root), file_time(), is_kept=True)
    search.find(names)
    (root / "used").rename(root / "old")
    (root / "fresh").rename(root / "used")
    search.keep()
    assert run(root, names) == dict(find_words(root, names).files)


def test_a_folder_that_is_away_while_it_is_searched(root: Path) -> None:
    (root / "f").mkdir()
    (root / "f/u.c").write_text("one")
    settle(root)
    search = RememberingSearch(FileListing(root), file_time(), is_kept=True)
    assert search.files
    assert search._stamps
    (root / "f").rename(root / "away")
    assert "f/u.c" not in search.find(NAMES).of("one")
    (root / "away").rename(root / "f")
    search.keep()
    assert run(root) == dict(find_words(root, NAMES).files)


def test_a_link_in_place_of_the_file_is_not_followed(root: Path, cache: Path) -> None:
    run(root)
    path = kept_file(root)
    assert path is not None
    path.unlink()
    precious = root.parent / "precious"
    precious.write_text("mine")
    path.symlink_to(precious)
    run(root)
    assert precious.read_text() == "mine"


def test_too_many_changes(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(root)
    monkeypatch.setattr(remembering, "_MOST_STALE", 0)
    (root / "b.c").write_text("three")
    assert run(root) == dict(find_words(root, NAMES).files)


def test_too_many_names(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(root)
    monkeypatch.setattr(remembering, "MOST_NAMES", 3)
    run(root, ("one", "four"))
    assert read_kept(root).files.keys() == {"one", "four"}
    run(root, ("one", "four", "five", "six"))
    assert read_kept(root).files.keys() == {"one", "four"}


def test_unreadable_files_are_named_by_each_run(root: Path) -> None:
    (root / "b.c").chmod(0)
    if os.access(root / "b.c", os.R_OK):
        pytest.skip("this user may read all files")
    for _ in range(2):
        search = RememberingSearch(FileListing(root), file_time(), is_kept=True)
        assert search.find(NAMES).unread == ("b.c",)
        search.keep()


@pytest.mark.parametrize("damage", ["cut", "changed", "empty", "folder", "other rules"])
def test_a_file_that_cannot_be_trusted(
    root: Path, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(root)
    path = kept_file(root)
    assert path is not None
    data = path.read_bytes()
    if damage == "folder":
        path.unlink()
        path.mkdir()
    elif damage == "other rules":
        monkeypatch.setattr(kept, "_RULES", "2")
    else:
        path.write_bytes({"cut": data[:-9], "changed": data[:-1] + b"?", "empty": b""}[damage])
    assert read_kept(root) == KeptWords()
    assert run(root) == dict(find_words(root, NAMES).files)


@given(st.binary(max_size=200))
def test_any_bytes_are_no_fault(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("any")
        patch.setenv("XDG_CACHE_HOME", str(folder))
        path = kept_file(folder)
        assert path is not None
        path.parent.mkdir(parents=True)
        path.write_bytes(data)
        assert read_kept(folder) == KeptWords()


def test_nothing_is_kept_unless_asked_for(root: Path, cache: Path) -> None:
    run(root, is_kept=False)
    assert not cache.exists()


def test_a_folder_that_cannot_be_written(root: Path, cache: Path) -> None:
    cache.parent.write_text("a file where the folder would be")
    assert run(root) == run(root) == dict(find_words(root, NAMES).files)


def test_where_it_is(monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    assert cache_folder() == cache
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", "/somewhere")
    assert cache_folder() == Path("/somewhere/.cache/vtsplit/words")


def test_old_files_go(root: Path, cache: Path) -> None:
    cache.mkdir(parents=True)
    names = [f"{number}.words" for number in range(MOST_TREES + 1)]
    for age, name in enumerate([*names, "live.new", "dead.new"]):
        (cache / name).write_text("")
        old = 120 if name == "dead.new" else age
        os.utime(cache / name, (time.time() - old,) * 2)
    run(root)
    path = kept_file(root)
    assert path is not None
    assert {one.name for one in cache.iterdir()} == {
        *names[: MOST_TREES - 1],
        "live.new",
        path.name,
    }


def test_many_runs_at_once(root: Path) -> None:
    """Each of them finds the same, and what is left is whole."""
    context = multiprocessing.get_context("fork")
    runs = [context.Process(target=_run_many, args=(root, number)) for number in range(4)]
    for one in runs:
        one.start()
    for one in runs:
        one.join()
    assert [one.exitcode for one in runs] == [0] * 4
    assert read_kept(root).files
    assert not [path for path in (cache_folder() or root).iterdir() if path.suffix == ".new"]


def _run_many(root: Path, number: int) -> None:
    for turn in range(10):
        names = NAMES[number % 3 :] if turn % 2 else ("four", *NAMES)
        assert run(root, names) == dict(find_words(root, names).files)


class TestSearcher:
    """The process that searches a large tree."""

    @pytest.fixture
    def words(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> WordIndex:
        monkeypatch.setattr(index, "_LARGE", 1)
        for number in range(4):
            (root / f"s{number}").mkdir()
            (root / f"s{number}/f.c").write_text(f"one name_{number}")
        settle(root)
        made = WordIndex(root, is_kept=True)
        made.start()
        assert made._searcher is not None
        return made

    def test_it_finds_what_a_search_finds(self, root: Path, words: WordIndex) -> None:
        assert words.begin(NAMES)
        assert not words.begin(["name_1"])
        for names in (NAMES, ("name_1", "one"), ("none",), ("one",)):
            assert words.find(names).files == find_words(root, names).files
        words.close()
        assert words.find(["name_2"]).of("name_2") == ("s2/f.c",)
        assert WordIndex(root, is_kept=True).find(NAMES).files == find_words(root, NAMES).files

    def test_it_dies(self, words: WordIndex) -> None:
        assert words._searcher is not None
        assert words.begin(["one"])
        os.kill(words._searcher._pid, 9)
        assert words.find(["two"]).of("two") == ("a.c", "b.c")
        assert len(words.find(["one"]).of("one")) == 6

    def test_what_it_has_searched_is_compared(self, root: Path, words: WordIndex) -> None:
        words.find(NAMES)
        assert words.changed() == []
        (root / "s1/f.c").write_text("three")
        assert words.changed() == ["s1/f.c"]
        words.close()

    def test_it_ends_with_the_run(self, words: WordIndex) -> None:
        assert words._searcher is not None
        pid = words._searcher._pid
        words.close()
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)

    @pytest.mark.parametrize("many", [False, True])
    def test_it_dies_with_a_run_that_is_killed(
        self, root: Path, monkeypatch: pytest.MonkeyPatch, many: bool
    ) -> None:
        """So do the workers that it has itself, for many names."""
        monkeypatch.setattr(index, "_LARGE", 1)
        monkeypatch.setattr(words_module, "_CHUNK", 1)
        monkeypatch.setattr(words_module, "MANY", 1 if many else 500)
        monkeypatch.setattr(engines.AutomatonSearch, "run", _never)
        monkeypatch.setattr(engines.SetSearch, "run", _never)
        (root / "more").mkdir()
        listens, says = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.setsid()
            made = WordIndex(root)
            made.start()
            made.begin(NAMES)
            os.write(says, b".")
            time.sleep(60)
            os._exit(0)
        os.read(listens, 1)
        wait_for(lambda: len(_group(pid)) > (2 if many else 1))
        os.kill(pid, 9)
        os.waitpid(pid, 0)
        wait_for(lambda: not _group(pid))

    def test_a_worker_does_not_share_it(self, words: WordIndex) -> None:
        context = multiprocessing.get_context("fork")
        worker = context.Process(target=_ask_in_worker, args=(words,))
        worker.start()
        assert len(words.find(["one"]).of("one")) == 6
        worker.join()
        assert worker.exitcode == 0
        words.close()


def _never(self: object, paths: list[str]) -> list[None]:
    time.sleep(60)
    return [None] * len(paths)


def _group(leader: int) -> list[str]:
    """Return the processes of a group that have not ended."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, group = stat.read_text().rpartition(")")[2].split()[:3]
            if int(group) == leader and state != "Z":
                found.append(stat.parent.name)
    return found


def wait_for(holds: Callable[[], bool]) -> None:
    """Wait until something holds, ten seconds at most."""
    end = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)


def _ask_in_worker(words: WordIndex) -> None:
    assert words.find(["two"]).of("two") == ("a.c", "b.c")
    words.close()


def test_kept_words_come_back(root: Path) -> None:
    words = KeptWords({"a.c": -1, "x/é.c": 2**63 - 1}, {"n": ("a.c", "x/é.c"), "none": ()})
    write_kept(root, words)
    assert read_kept(root) == words
