"""Arrays whose size another file uses: their declaration has to have the length."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from vtsplit.cst.heads.annotations import KEYWORDS, QUALIFIERS, TYPE_WORDS, is_annotation
from vtsplit.cst.heads.declarator import Head
from vtsplit.cst.heads.typed import TypeReadError, read_signature
from vtsplit.cst.lexer import Kind, code_words, lex
from vtsplit.cst.meaning.occurrences import word_pattern
from vtsplit.cst.nodes import Declaration
from vtsplit.diagnostics import Site
from vtsplit.example_trees import ENTRY, TABLE, edited
from vtsplit.planning.context import Context
from vtsplit.planning.edits import Declared, Length
from vtsplit.planning.header.conditional_count import count_under_conditions
from vtsplit.planning.header.element_count import CountError, Element, count_elements
from vtsplit.planning.header.measured import SizeUse, measured_in_macros, size_use
from vtsplit.planning.names.use import find_uses
from vtsplit.planning.steps import Ledger
from vtsplit.planning.tables.exposure import Exposure
from vtsplit.planning.tables.find import SpecTable
from vtsplit.rule import Example, Rule
from vtsplit.survey.build.build_files import is_c
from vtsplit.survey.cfile.definitions import Definition, Sort
from vtsplit.survey.cfile.files import CFile
from vtsplit.survey.order.providers import find_declaring
from vtsplit.survey.search.words import WordFiles
from vtsplit.survey.types.cast_types import is_cast_to
from vtsplit.survey.types.enumerations import constant_value
from vtsplit.survey.types.members import find_structures
from vtsplit.survey.types.positions import library_kind, read_positions, structure_of
from vtsplit.survey.types.typedefs import Typedefs, TypeKey

UNCOUNTED = Rule(
    "VT028",
    "uncounted",
    "vtsplit cannot count the elements of an array",
    "Main or another file uses the size of the array, so its declaration needs the length that "
    "the initializer gives. The message says why vtsplit cannot count the elements: an `#if` "
    "inside of an entry or among entries with an index, a macro that the tree does not have, an "
    "index whose value is not known, or a row without braces.",
    "Write the length in brackets.",
    Example(
        edited(
            "lamp.c",
            (TABLE, "static int lamp_levels[] = { 1, 2\n#ifdef DIM\n\t+ 3\n#endif\n};\n\n" + TABLE),
            (ENTRY, ENTRY + "\t.data = lamp_levels,\n\t.count = sizeof(lamp_levels),\n"),
        ),
        fixed=edited(
            "lamp.c",
            (
                TABLE,
                "static int lamp_levels[2] = { 1, 2\n#ifdef DIM\n\t+ 3\n#endif\n};\n\n" + TABLE,
            ),
            (ENTRY, ENTRY + "\t.data = lamp_levels,\n\t.count = sizeof(lamp_levels),\n"),
        ),
    ),
)

NO_LENGTH = Rule(
    "VT028",
    "no-length",
    "a header declares an array without its length",
    "The table uses the size of the array, and main would only see a declaration without the "
    "length.",
    "Write the length in the brackets of the declaration.",
    Example(
        {
            **edited(
                "lamp.c",
                (TABLE, "int lamp_levels[] = { 1, 2 };\n\n" + TABLE),
                (ENTRY, ENTRY + "\t.count = sizeof(lamp_levels),\n"),
            ),
            **edited("lamp.h", ("\n#endif", "\nextern int lamp_levels[];\n\n#endif")),
        }
    ),
)


@dataclass(frozen=True)
class Sized:
    """An array that only its initializer gives a length, and a use that may need that."""

    name: str
    definitions: tuple[Definition, ...]
    site: Site
    use: SizeUse


@dataclass(frozen=True)
class Lengths:
    """Lengths by old name, and those of them that some use cannot do without, with the place."""

    counted: Mapping[str, Length]
    needed: Mapping[str, Site]


def is_unsized(definition: Definition, typedefs: Typedefs) -> bool:
    """Tell whether an object is an array that only its initializer gives a length."""
    item = definition.item
    if not isinstance(item, Declaration) or item.head.is_function:
        return False
    if _has_empty_brackets(item.head):
        return True
    return any(key[:2] == ("array", ()) for key in _keys(item, typedefs))


def _has_empty_brackets(head: Head) -> bool:
    """Tell whether `[]` follows the name: `(a)[]` is an array, `(*a)[]` is a pointer."""
    before = code_words(head.tokens[: head.name_index])
    words = code_words(head.tokens[head.name_index + 1 :])
    while words[:1] == [")"] and before[-1:] == ["("]:
        before, words = before[:-1], words[1:]
    return words[:2] == ["[", "]"]


def _keys(item: Declaration, typedefs: Typedefs) -> frozenset[TypeKey]:
    try:
        return typedefs.alternatives(read_signature(item.head).key)
    except TypeReadError:
        return frozenset()


def is_scalar(item: Declaration, typedefs: Typedefs) -> bool:
    """Tell whether an object is certainly no structure and no array."""
    try:
        key = read_signature(item.head).key
    except TypeReadError:
        return False
    return all(map(_is_scalar_kind, typedefs.alternatives(key)))


def _is_scalar_kind(key: tuple[object, ...]) -> bool:
    kind = [part for part in key if part not in QUALIFIERS]
    if kind[:1] == ["names"]:
        return all(word in TYPE_WORDS for word in kind[1:])
    return kind[:1] in (["pointer"], ["Enum"])


class Arrays:
    """Counts arrays of a source file, and knows which names there are functions."""

    def __init__(self, context: Context) -> None:
        self.source = context.source
        self.tree, self.index = context.tree, context.index
        self.macro_of = context.macro_of
        self.macros_of = context.macros_of
        self.typedefs = context.typedefs

    def is_function(self, name: str) -> bool:
        """Tell whether a name that is called is a function, or a pointer to one."""
        if self.source.definitions.of(name, Sort.FUNCTION, Sort.PROTOTYPE, Sort.EXTERN):
            return True
        headers = [path for path in self.typedefs.paths if path != self.source.path]
        return bool(find_declaring(self.typedefs.graph, headers, [name]))

    def use(self, text: str, offset: int, name: str) -> SizeUse | None:
        """Return how an array is used at an offset of a text."""
        found = size_use(text, offset, name, self.macros_of, self.is_function)
        if found and found.macro:
            # What stands there without being called is a variable of that function.
            for match in word_pattern(frozenset({found.macro})).finditer(text):
                if not text[match.end() :].lstrip().startswith("("):
                    return None
        return found

    def count(self, definitions: Sequence[Definition]) -> Length:
        """Return the length that all definitions agree on. Raises CountError."""
        counts = {self._count(definition.item) for definition in definitions}
        if len(counts) > 1:
            raise CountError("it has several definitions, which differ in it")
        return counts.pop()

    def _count(self, item: object) -> Length:
        if not isinstance(item, Declaration) or not _has_empty_brackets(item.head):
            raise CountError("no brackets stand behind its name")
        element = self._element(item)
        start, end = item.initializer or (0, 0)

        def values(words: Sequence[str]) -> int | None:
            return constant_value(words, self.typedefs)

        if any(token.kind is Kind.DIRECTIVE for token in lex(item.text[start:end])):
            return count_under_conditions(item, element, self.macros_of, values)
        return Length(str(count_elements(item, element, self.macros_of, values)))

    def _element(self, item: Declaration) -> Element:
        """Return what an array's elements are, for all configurations."""
        kinds = {
            _kind(one)
            for key in _keys(item, self.typedefs)
            if key[:1] == ("array",)
            for one in self.typedefs.alternatives(key[-1])
        }
        before = [token.text for token in item.head.tokens[: item.head.name_index]]
        known = [kind for word in before if (kind := library_kind(word))]
        if "unknown" in kinds and known and "*" not in before:
            return Element(known[0])
        if kinds == {"unknown"} and any(map(self._is_scalar, before)):
            return Element("scalar")
        tag = structure_of(item)
        if kinds and kinds <= {"number", "pointer", "char"}:
            return Element(kinds.pop() if len(kinds) == 1 else "scalar")
        if kinds == {"text"}:
            return Element("text")
        if kinds != {"structure"} and not (tag.startswith("struct ") and not kinds):
            return Element("unknown")
        graph, files = self.typedefs.graph, self.typedefs.files
        found = find_structures(tag, graph, files, (graph.source, *self.typedefs.paths))
        items = [file.module.items[index] for file, index in found]
        positions = read_positions(
            [one for one in items if isinstance(one, Declaration)], self.typedefs
        )
        return Element("structure", tag, positions)

    def _is_scalar(self, word: str) -> bool:
        """Tell a type that the tree does not declare, if some file casts to it."""
        if not word.isidentifier() or word in KEYWORDS or is_annotation(word):
            return False
        paths = filter(is_c, self.index.find([word]).of(word))
        return any(is_cast_to(self.tree.find_text(path), word) for path in paths)


def _kind(key: TypeKey) -> str:
    match [part for part in key if part not in QUALIFIERS]:
        case ["names", *words] if "char" in words:
            return "char"
        case ["names", *words] if all(word in TYPE_WORDS for word in words):
            return "number"
        case ["Enum", *_]:
            return "number"
        case ["pointer", *_]:
            return "pointer"
        case ["array", _, [*inner]] if _kind(tuple(inner)) == "char":
            return "text"
        case ["Struct", *_]:
            return "structure"
    return "unknown"


def find_lengths(
    arrays: Arrays,
    tables: Sequence[SpecTable],
    exposures: Sequence[Exposure],
    gone: frozenset[int],
    words: WordFiles,
    ledger: Ledger,
) -> Lengths:
    """Return the lengths, by old name, of arrays whose size another file may take."""
    sized = sizes_in_tables(exposures, tables, arrays)
    sized += sizes_of_tables(arrays, tables, gone)
    sized += sizes_in_headers(arrays, tables, words)
    return lengths_of(sized, arrays, ledger)


def lengths_of(sized: Iterable[Sized], arrays: Arrays, ledger: Ledger) -> Lengths:
    """Return the lengths that declarations tell; VT028 for one that is needed and not counted.

    The compiler takes a length in the declaration for the definition's as well, so that it must be
    the one that had been counted.
    """
    counted: dict[str, Length] = {}
    needed: dict[str, Site] = {}
    for one in sized:
        try:
            length = arrays.count(one.definitions)
            if one.use.must or not length.conditions:
                counted[one.name] = length
        except CountError as error:
            if not one.use.must:
                continue
            taken = f"the size of '{one.name}' is taken here"
            if one.use.macro:
                taken = f"'{one.use.macro}' may be a macro that takes the size of '{one.name}' here"
            ledger.refuse(
                UNCOUNTED,
                f"{taken}, but vtsplit cannot count its elements for the declaration: {error}",
                one.site,
                "give the array its length in brackets",
            )
        if one.use.must and not one.use.macro:
            needed.setdefault(one.name, one.site)
    return Lengths(counted, needed)


def sizes_in_tables(
    exposures: Iterable[Exposure], tables: Iterable[SpecTable], arrays: Arrays
) -> list[Sized]:
    """Return the arrays of unstated length whose size moved tables may take, and where."""
    unsized = {
        e.name: e.definitions
        for e in exposures
        if e.is_object and any(is_unsized(d, arrays.typedefs) for d in e.definitions)
    }
    found: list[Sized] = []
    for table in tables if unsized else ():
        for definition in table.definitions:
            text, names = definition.item.text, frozenset(unsized)
            places = [(m[0], m.start()) for m in word_pattern(names).finditer(text)]
            uses = [(name, at, arrays.use(text, at, name)) for name, at in places]
            inside = measured_in_macros(text, names, arrays.macros_of)
            uses += [(name, at, SizeUse()) for name, at in inside]
            for name, offset, use in uses:
                site = table.file.site(definition.index, offset, len(name))
                found += [Sized(name, unsized[name], site, use)] if use else []
    return found


def sizes_of_tables(
    arrays: Arrays, tables: Iterable[SpecTable], gone: frozenset[int]
) -> list[Sized]:
    """Return the moved tables of unstated length whose size the source file may take, and where."""
    unsized = _unsized_tables(tables, arrays)
    if not unsized:
        return []
    source = arrays.source
    names = {name: name for name in unsized} | _other_names(source, frozenset(unsized))
    found: list[Sized] = []
    for use in find_uses(source, frozenset(names), arrays.macro_of):
        offset, code, name = use.occurrence.offset, use.item.code, use.occurrence.name
        if use.index not in gone:
            size = arrays.use(code, offset, name)
            definitions = unsized[names[name]]
            found += [Sized(names[name], definitions, use.site, size)] if size else []
    return found


def _unsized_tables(
    tables: Iterable[SpecTable], arrays: Arrays
) -> dict[str, tuple[Definition, ...]]:
    return {
        table.old: table.definitions
        for table in tables
        if any(is_unsized(d, arrays.typedefs) for d in table.definitions)
    }


def _other_names(source: CFile, names: frozenset[str]) -> dict[str, str]:
    """Return the macros of a file that stand for one of these arrays, each with the array."""
    found: dict[str, str] = {}
    for item in source.module.items:
        macro = item.macro
        if macro is not None and macro.parameters is None:
            body = [token.text for token in macro.body if token.text not in {"(", ")"}]
            name = found.get(body[0], body[0]) if len(body) == 1 else ""
            if name in names:
                found[macro.name] = name
    return found


def sizes_in_headers(arrays: Arrays, tables: Iterable[SpecTable], words: WordFiles) -> list[Sized]:
    """Return the moved tables that a header of the source file names, as in a macro."""
    seen = {*arrays.typedefs.paths} - {arrays.source.path}
    return [
        Sized(name, definitions, Site(arrays.source.path), SizeUse(must=False))
        for name, definitions in _unsized_tables(tables, arrays).items()
        if seen.intersection(words.of(name))
    ]


def with_lengths(
    declared: Iterable[Declared],
    lengths: Lengths,
    renamed: Mapping[str, str],
    told: Collection[str],
    ledger: Ledger,
) -> list[Declared]:
    """Return declarations with the lengths they must tell, by new name.

    An array that a header declares already, without its length, is refused (VT028). `told` are
    those that one declares with it, by new name.
    """
    counted = {renamed.get(name, name): length for name, length in lengths.counted.items()}
    found = [replace(one, length=counted.get(one.name)) for one in declared]
    there = {one.name for one in found}
    for name in sorted(lengths.needed):
        if name in lengths.counted and renamed.get(name, name) not in there.union(told):
            ledger.refuse(
                NO_LENGTH,
                f"the size of '{name}' is taken here, but the header that declares this array "
                "gives it no length",
                lengths.needed[name],
                "write the length into the brackets of that declaration",
            )
    return found
