"""Compilations, each done once a session: the same text and flags give the same result.

What a compiler says and makes is kept under all that it could depend on: the command, the content
of the files that it names, and that of every file around them that is called like one of their
includes, wherever it lies. A test that comes with the same is given the same; one that changes a
byte of these, or adds such a file, has its own compiled.
"""

import hashlib
import os
import posixpath
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_INCLUDED = re.compile(rb"(?:include|include_next)[ \t(]*[\"<]([^\">\n]+)[\">]")
# A macro, or something odd, says what is included.
_UNCLEAR = re.compile(
    rb"(?:#|%:|\?\?=)[^\n\w]*(?:include|include_next)\b(?![ \t]*[\"<])|embed|incbin"
)
_OPTION = re.compile(rb"\bCONFIG_\w+")
# What writes more files than a command's `-o` and `-MF` name, or has a folder's name in an object.
_MORE = re.compile(r"-M(?![DF]$)|-Wp,|-g|-save-temps|-fdump|-v|@")
_ABSOLUTE = re.compile(r"(?:^|=|-I|-L|-isystem|-iquote|-include)(/[^\s\":]*)")
_SYSTEM = ("/usr/", os.devnull)
_OBJECT = b"\1\0"  # what ELF calls a file's type, of one that is not linked
_ASKED = ("PATH", "LC_ALL", "LANG", "CPATH", "C_INCLUDE_PATH", "COMPILER_PATH", "GCC_EXEC_PREFIX")


@dataclass(frozen=True)
class _Result:
    status: int
    said: bytes
    complained: bytes
    made: Sequence[bytes]  # the content of each file that it makes; of none where it fails


class Compilations:
    """What has been compiled in this session. `base` is the folder above those of the tests."""

    def __init__(self, base: Path) -> None:
        top = re.escape(tempfile.gettempdir())
        self._place = re.compile(
            rf"(?:{re.escape(str(base))}|{top}(?=/(?:tmp|vtsplit-)))/[^/\s\":]+"
        )
        self._compilers = ("gcc", shutil.which("gcc"))  # `verify` runs it by its path
        self._known: dict[tuple[object, ...], _Result] = {}
        self.runs = 0  # of a compiler, that is

    def run(self, command: Sequence[str], **how: Any) -> "subprocess.CompletedProcess[bytes]":
        """Do what `subprocess.run` does, or give what it gave."""
        cwd = Path(how.get("cwd") or ".").absolute()
        places = _Places(self._place, [str(cwd), *command])
        other = command[0] not in self._compilers or any(map(_MORE.match, command))
        if other or not places.have(cwd, command[1:]):
            self.runs += 1
            return subprocess.run(command, **how)
        outputs = _outputs(command)
        environment = how.get("env") or os.environ
        texts = self._texts([word for word in command[1:] if word not in outputs], cwd, places)
        key = (
            tuple(
                "" if word in outputs else places.hide(word) for word in _telling(command, texts)
            ),
            places.hide(str(cwd)),
            tuple(environment.get(name) for name in _ASKED),
            places.sum_of(texts),
        )
        places.name(outputs)
        result = self._known.get(key)
        if result is None:
            self.runs += 1
            done = subprocess.run(command, **how)
            made = [] if done.returncode else [(cwd / name).read_bytes() for name in outputs]
            hidden = [
                content if _is_binary(content) else places.hide_bytes(content) for content in made
            ]
            said = places.hide_bytes(done.stdout), places.hide_bytes(done.stderr)
            self._known[key] = _Result(done.returncode, *said, hidden)
            return done
        for name, content in zip(outputs, result.made, strict=False):
            (cwd / name).write_bytes(content if _is_binary(content) else places.show_bytes(content))
            if _is_binary(content) and content[16:18] != _OBJECT:
                (cwd / name).chmod(0o755)
        said = places.show_bytes(result.said), places.show_bytes(result.complained)
        return subprocess.CompletedProcess(list(command), result.status, *said)

    def _texts(self, words: Sequence[str], cwd: Path, places: "_Places") -> dict[str, bytes]:
        """Return all that a command may read that has these words, by path."""
        files = places.files()
        texts: dict[str, bytes] = {}

        def take(paths: Iterable[str]) -> list[bytes]:
            fresh = {path: _read(path) for path in paths if path not in texts}
            found = {path: text for path, text in fresh.items() if text is not None}
            texts.update(found)
            return list(found.values())

        pending = take(str(cwd / word) for word in words)
        # A word that is a file means that file; any other may be a name to search for.
        wanted = {posixpath.basename(word) for word in words if str(cwd / word) not in texts}
        while wanted:
            pending += take(path for name in wanted for path in files.get(name, ()))
            if any(map(_UNCLEAR.search, pending)):
                take(path for paths in files.values() for path in paths)
                break
            included = (name for text in pending for name in _INCLUDED.findall(text))
            wanted = {posixpath.basename(name.decode("utf-8", "replace")) for name in included}
            pending = []
        return texts


def _read(path: str) -> bytes | None:
    """Return what a file has, or None where there is none."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    try:
        return os.read(descriptor, os.fstat(descriptor).st_size)
    except IsADirectoryError:
        return None
    finally:
        os.close(descriptor)


def _telling(command: Sequence[str], texts: Mapping[str, bytes]) -> list[str]:
    """Return a command without the options of a kernel's that no text asks for."""
    words = {match for text in texts.values() for match in _OPTION.findall(text)}
    pasted = any(b"##" in text for text in texts.values())
    found = (re.fullmatch(r"-[DU](CONFIG_\w+)(?:=\d)?", word) for word in command)
    return [
        word
        for word, option in zip(command, found, strict=True)
        if pasted or option is None or option[1].encode() in words
    ]


class _Places:
    """The folders of tests that a command speaks of, each with a number in place of its name."""

    def __init__(self, place: re.Pattern[str], words: Sequence[str]) -> None:
        self.place = place
        self.found: dict[str, str] = {}
        self.links: set[tuple[str, str]] = set()
        self.bytes: list[tuple[bytes, bytes]] = []
        for word in words:
            self._look(word)

    def _look(self, text: str) -> None:
        for match in self.place.finditer(text):
            self.found.setdefault(match[0], f"\0{len(self.found)}\0")

    def have(self, cwd: Path, words: Sequence[str]) -> bool:
        """Tell whether a command reads nothing outside of these folders, the system apart."""
        named = (match[1] for word in words for match in _ABSOLUTE.finditer(word))
        outside = (path for path in (str(cwd), *named) if not self.place.match(path))
        return all(path.startswith(_SYSTEM) for path in outside) and bool(self.found)

    def hide(self, text: str) -> str:
        return self.place.sub(lambda match: self.found.get(match[0], match[0]), text)

    def sum_of(self, texts: Mapping[str, bytes]) -> bytes:
        total = hashlib.blake2b()
        for path, text in sorted(texts.items()):
            total.update(f"{self.hide(path)} {len(text)}\n".encode() + text)
        total.update(repr(sorted(self.links)).encode())
        return total.digest()

    def name(self, outputs: Sequence[str]) -> None:
        """Hide, from here on, what the files are called that a command makes."""
        self.bytes = [(name.encode(), b"\0out%d\0" % at) for at, name in enumerate(outputs)]
        self.bytes += [(name.encode(), number.encode()) for name, number in self.found.items()]

    def hide_bytes(self, text: bytes) -> bytes:
        for name, number in self.bytes:
            text = re.sub(rb"(?<![\w/.])" + re.escape(name) + rb"(?![\w.])", number, text)
        return text

    def show_bytes(self, text: bytes) -> bytes:
        for name, number in self.bytes:
            text = text.replace(number, name)
        return text

    def files(self) -> dict[str, list[str]]:
        """Return, by their names, all files of these folders and of those that links lead to."""
        found: dict[str, list[str]] = {}
        seen: set[str] = set()
        while pending := sorted(self.found.keys() - seen):
            seen.update(pending)
            for folder in pending:
                with os.scandir(folder) as entries:
                    for entry in entries:
                        if not entry.is_dir(follow_symlinks=False):
                            found.setdefault(entry.name, []).append(entry.path)
                        else:
                            pending.append(entry.path)
                        if entry.is_symlink() and entry.is_dir():
                            target = os.path.realpath(entry.path)
                            self._look(target)
                            self.links.add((self.hide(entry.path), self.hide(target)))
        return found


def _is_binary(content: bytes) -> bool:
    return content.startswith(b"\x7fELF")


def _outputs(command: Sequence[str]) -> list[str]:
    """Return the files that a command makes."""
    more = [command[at + 1] for at, word in enumerate(command) if word == "-MF"]
    if "-o" in command:
        target = command[command.index("-o") + 1]
        return [*more, *([] if target == os.devnull else [target])]
    if {"-E", "-fsyntax-only"} & set(command):
        return more
    if "-c" in command:
        return [*more, *(f"{Path(word).stem}.o" for word in command if word.endswith(".c"))]
    return [*more, "a.out"]


known: list[Compilations] = []  # that of the session, from its beginning


def compile_once(
    command: Sequence[str | Path], cwd: Path | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run a compiler, unless it has been run for the same; return what it says as text."""
    words = list(map(str, command))
    done = known[0].run(words, cwd=cwd, capture_output=True, check=False)
    said, complained = done.stdout.decode(), done.stderr.decode()
    return subprocess.CompletedProcess(words, done.returncode, said, complained)


def compile_well(command: Sequence[str | Path], cwd: Path | None = None) -> None:
    """Run a compiler as `compile_once` does; it has to find no error."""
    done = compile_once(command, cwd)
    assert done.returncode == 0, done.stderr
