"""Compile a file of a side, and read the object: symbols, sections, contents of its tables."""

import hashlib
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from pathlib import Path
from posixpath import basename

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile
from elftools.elf.relocation import Relocation, RelocationSection
from elftools.elf.sections import Section, SymbolTableSection

from vtsplit.diagnostics import Problem, RefusedError, Site
from vtsplit.rule import Rule
from vtsplit.verify.inputs.flags import Recipe
from vtsplit.verify.inputs.preprocess import (
    NO_CONFIG,
    Config,
    run_compiler,
    unbuildable,
    with_config,
)
from vtsplit.verify.inputs.sides import Side, command_for, source_path

NO_OBJECT = Rule(
    "VT307",
    "no-object",
    "an object cannot be read",
    "The changed files are linked with an object that was not built, or that is not an ELF object.",
    "Build it, or use `--no-objects`, which compares tokens only.",
    "It comes up when the build folder has a record of a compilation and the object was deleted.",
)


COMMON = "*common*"  # the section of `int x;` with -fcommon: all objects share one
_GONE = "no such file or directory"
_STRINGS = 0x20  # SHF_STRINGS (System V ABI, chapter 4)


class Rank(IntEnum):
    """Which of several definitions the linker takes: the first of the lowest rank (ELF gABI)."""

    STRONG = 0
    COMMON = 1
    WEAK = 2


@dataclass(frozen=True)
class ObjectSymbol:
    """A symbol of an object; `section` is empty where it is undefined."""

    name: str
    section: str
    kind: str
    binding: str
    value: int = 0
    size: int = 0

    @property
    def is_global(self) -> bool:
        """Whether other objects see it."""
        return self.binding in {"STB_GLOBAL", "STB_WEAK"}

    @property
    def rank(self) -> Rank | None:
        """Its rank among definitions; None if it defines nothing or other objects do not see it."""
        if not self.section or not self.is_global:
            return None
        if self.binding == "STB_WEAK":
            return Rank.WEAK
        return Rank.COMMON if self.section == COMMON else Rank.STRONG


@dataclass(frozen=True)
class TableRelocation:
    """A place in a table that the linker fills: offset, what it names, what is added.

    `ends` are objects, with their sizes, that end where it leads: one of them may be meant as well.
    """

    offset: int
    names: frozenset[str]
    addend: int = 0
    ends: frozenset[tuple[str, int]] = frozenset()

    @property
    def meanings(self) -> frozenset[tuple[str, int]]:
        """What it may mean: names, each with what is added."""
        return self.ends | {(name, self.addend) for name in self.names}


@dataclass(frozen=True)
class Content:
    """The bytes of an object of the program, and what they refer to."""

    data: bytes
    references: tuple[TableRelocation, ...] = ()


@dataclass(frozen=True)
class ObjectFile:
    """What an object file says. `contents` are those of its data symbols, by name.

    `information` is what it says of the module that it will be part of.
    """

    path: str
    symbols: tuple[ObjectSymbol, ...]
    contents: Mapping[str, Content] = field(default_factory=dict)
    information: tuple[str, ...] = ()

    @property
    def undefined(self) -> frozenset[str]:
        """Names that another object has to define."""
        return frozenset(s.name for s in self.symbols if not s.section and s.is_global)

    @property
    def strong(self) -> frozenset[str]:
        """Names that no other object may define."""
        return frozenset(s.name for s in self.symbols if s.rank is Rank.STRONG)


def compile_object(recipe: Recipe, side: Side, folder: Path) -> tuple[Path, str]:
    """Compile a recipe's source as it stands on a side; return the object and the warnings.

    Raises RefusedError: VT304 where there is no such compiler, VT306 where it fails.
    """
    target, done = run_compilation(recipe, side, folder)
    if done.returncode:
        raise unbuildable(recipe, side, done.stderr, "compile")
    return target, done.stderr.decode("utf-8", "replace")


def run_compilation(
    recipe: Recipe,
    side: Side,
    folder: Path,
    config: Config = NO_CONFIG,
) -> "tuple[Path, subprocess.CompletedProcess[bytes]]":
    """Compile a recipe's source; return where the object goes, and what became of it.

    A file beside the object, `.d` in place of `.o`, says what was read. `config` overrides CONFIG_
    symbols. Raises RefusedError (VT304) where there is no such compiler.
    """
    # What the record says of the output may lead anywhere.
    name = hashlib.sha256(recipe.source.encode("utf-8", "surrogateescape")).hexdigest()
    target = folder / side.name / f"{name}.o"
    target.parent.mkdir(parents=True, exist_ok=True)
    command = with_config(command_for(recipe, side), config)
    command += ["-MD", "-MF", str(target.with_suffix(".d"))]
    command += ["-c", "-o", str(target), source_path(recipe, side)]
    if not any("clang" in basename(word) for word in command[:2]):
        # Two functions of one body would share an address, and a table seem to name the other.
        command.insert(-1, "-fno-ipa-icf")
    return target, run_compiler(command, recipe)


def read_object(path: Path, shown: str, with_contents: bool = True) -> ObjectFile:
    """Read an object file. Raises RefusedError (VT307) where it is not there or is none."""
    try:
        if not path.is_file():  # opening a FIFO would wait for ever
            raise _unreadable(shown, "it is not a regular file" if path.exists() else _GONE)
        with path.open("rb") as stream:
            return _read(ELFFile(stream), shown, with_contents)
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise _unreadable(shown, reason) from error
    except ELFError as error:
        raise _unreadable(shown, f"no ELF object: {error}") from error


def _unreadable(shown: str, reason: str) -> RefusedError:
    message = f"cannot read the object '{shown}': {reason}"
    advice = "build what the module is linked of, or --no-objects to compare tokens only"
    return RefusedError(Problem(NO_OBJECT, message, Site(shown), advice))


def _read(elf: ELFFile, shown: str, with_contents: bool) -> ObjectFile:
    table = next((s for s in elf.iter_sections() if isinstance(s, SymbolTableSection)), None)
    if table is None:
        return ObjectFile(shown, ())
    sections = list(elf.iter_sections())
    symbols: list[tuple[ObjectSymbol, int]] = []
    every: list[tuple[ObjectSymbol, int]] = []
    for entry in table.iter_symbols():
        index = entry["st_shndx"]
        number = index if isinstance(index, int) else -1
        name = entry.name
        kind = entry["st_info"]["type"]
        section = sections[number].name if number > 0 else _special(index)
        if kind == "STT_SECTION":
            name = ""
        symbol = ObjectSymbol(
            name, section, kind, entry["st_info"]["bind"], entry["st_value"], entry["st_size"]
        )
        every.append((symbol, number))
        if name and kind not in {"STT_FILE", "STT_SECTION"}:
            symbols.append((symbol, number))
    contents = _Contents(elf, sections, every).read() if with_contents else {}
    said = b"".join(s.data() for s in sections if s.name == ".modinfo" and with_contents)
    information = tuple(text.decode("latin-1") for text in said.split(b"\0") if text)
    return ObjectFile(shown, tuple(symbol for symbol, _ in symbols), contents, information)


def _special(index: object) -> str:
    return {"SHN_UNDEF": "", "SHN_ABS": "*absolute*", "SHN_COMMON": COMMON}.get(
        str(index), str(index)
    )


class _Contents:
    """Reads what data symbols hold."""

    def __init__(
        self, elf: ELFFile, sections: list[Section], symbols: list[tuple[ObjectSymbol, int]]
    ) -> None:
        self.elf = elf
        self.sections = sections
        self.symbols = symbols
        self.by_section: dict[int, list[ObjectSymbol]] = {}
        for symbol, number in symbols:
            if number > 0 and symbol.name and symbol.kind != "STT_FILE":
                self.by_section.setdefault(number, []).append(symbol)
        self.relocations: dict[int, dict[int, TableRelocation]] = {}
        self.bytes: dict[int, bytes] = {}
        # Without explicit addends (Elf32_Rel) a place holds what is to be added.
        self.explicit = not any(
            isinstance(s, RelocationSection) and not s.is_RELA() for s in sections
        )

    def read(self) -> dict[str, Content]:
        found: dict[str, Content] = {}
        for symbol, number in self.symbols:
            if symbol.kind != "STT_OBJECT" or number <= 0 or not symbol.size:
                continue
            section = self.sections[number]
            start, end = symbol.value, symbol.value + symbol.size
            empty = section["sh_type"] == "SHT_NOBITS"
            data = bytes(symbol.size) if empty else self._data(number)[start:end]
            references = tuple(
                replace(one, offset=offset - start)
                for offset, one in sorted(self._references(number).items())
                if start <= offset < end
            )
            found[symbol.name] = Content(data, references)
        return found

    def _data(self, number: int) -> bytes:
        if number not in self.bytes:
            data = bytearray(self.sections[number].data())
            for offset in self._references(number):
                if not self.explicit:
                    data[offset : offset + 4] = bytes(4)
            self.bytes[number] = bytes(data)
        return self.bytes[number]

    def _references(self, number: int) -> dict[int, TableRelocation]:
        if number not in self.relocations:
            found: dict[int, TableRelocation] = {}
            for section in self.sections:
                if isinstance(section, RelocationSection) and section["sh_info"] == number:
                    for relocation in section.iter_relocations():
                        target = self._target(relocation, self.sections[number])
                        found[relocation["r_offset"]] = target
            self.relocations[number] = found
        return self.relocations[number]

    def _target(self, relocation: Relocation, place: Section) -> TableRelocation:
        symbol, number = self.symbols[relocation["r_info_sym"]]
        if relocation.is_RELA():
            addend = relocation["r_addend"]
        else:
            at = relocation["r_offset"]
            raw = b"" if place["sh_type"] == "SHT_NOBITS" else place.data()[at : at + 4]
            addend = int.from_bytes(raw, "little" if self.elf.little_endian else "big", signed=True)
        if symbol.kind != "STT_SECTION" and symbol.name and not symbol.name.startswith(".L"):
            return TableRelocation(0, frozenset({symbol.name}), addend)
        return self._named(number, symbol.value + addend)

    def _named(self, number: int, place: int) -> TableRelocation:
        """Name a place in a section: by the symbols there, or by the string that stands there."""
        if number <= 0:
            return TableRelocation(0, frozenset({"*absolute*"}), place)
        covering = [
            s
            for s in self.by_section.get(number, ())
            if not s.name.startswith(".L")
            and s.kind in {"STT_FUNC", "STT_OBJECT"}
            and (s.value == place or s.value <= place < s.value + s.size)
        ]
        ends = self._ending(number, place)
        if covering:
            start = max(symbol.value for symbol in covering)
            names = frozenset(s.name for s in covering if s.value == start)
            return TableRelocation(0, names, place - start, ends)
        section = self.sections[number]
        if section["sh_flags"] & _STRINGS and section["sh_type"] != "SHT_NOBITS":
            data = section.data()
            text = data[place : data.find(b"\0", place)]
            return TableRelocation(0, frozenset({f'"{text.decode("latin-1")}"'}), 0)
        return TableRelocation(0, frozenset({section.name}), 0, ends)

    def _ending(self, number: int, place: int) -> frozenset[tuple[str, int]]:
        """Return the objects of a section that end at a place, with their sizes."""
        return frozenset(
            (s.name, s.size)
            for s in self.by_section.get(number, ())
            if s.kind == "STT_OBJECT" and s.size and s.value + s.size == place
        )
