"""Types, read by pycparser over a masked skeleton of a declaration.

pycparser reads preprocessed ISO C. What it cannot read in a head (comments, annotations,
attributes) is blanked to the same length, so that its coordinates are those of the text.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from pycparser import c_ast, c_parser

from vtsplit.cst.heads.annotations import (
    AGGREGATES,
    KEYWORDS,
    QUALIFIERS,
    TYPEOF,
    is_annotation,
)
from vtsplit.cst.heads.attribute_words import attribute_words
from vtsplit.cst.heads.declarator import Head, standard_attributes
from vtsplit.cst.heads.macro_types import (
    calls_by_name,
    list_macro,
    macro_types,
)
from vtsplit.cst.heads.parameter_marks import parameter_annotations
from vtsplit.cst.heads.skeleton import declarator_end, is_masked, marked_words, skeleton
from vtsplit.cst.heads.stand_ins import from_ascii, in_ascii, mapped_key
from vtsplit.cst.lexer import TRIVIA, Kind, Token


class TypeReadError(Exception):
    """A declaration whose type cannot be read; the message says why."""


@dataclass(frozen=True)
class Signature:
    """The type of a function or object, and what a reader of it must have seen.

    `parameters` holds the names, empty for unnamed ones; `key` compares types and ignores names;
    `complete` are tags and typedefs whose definition is needed, `incomplete` are tags that a
    forward declaration would serve; `constants` are names in array bounds, `annotations` those of
    macros, and `likely` words in the calls of macros that make types: some of them are types.
    """

    parameters: tuple[str, ...]
    key: tuple[Any, ...]
    complete: frozenset[str]
    incomplete: frozenset[str]
    constants: frozenset[str]
    variadic: bool = False
    annotations: frozenset[str] = frozenset()
    likely: frozenset[str] = frozenset()


class TypedefParser(c_parser.CParser):
    """pycparser with the typedef names given: a head names types that its text does not declare.

    A parameter or a variable of the same name hides a typedef (C11 6.2.1p4).
    """

    typedefs: frozenset[str] = frozenset()

    def _is_type_in_scope(self, name: str) -> bool:
        for scope in reversed(self._scope_stack):
            if name in scope:
                return bool(scope[name])
        return name in self.typedefs


def _declaring(head: Head) -> Iterator[Token]:
    """Yield the tokens in front of the initializer."""
    offset = 0
    for token in head.tokens:
        if head.initializer is not None and offset >= head.initializer:
            return
        yield token
        offset += len(token.text)


def read_signature(head: Head) -> Signature:
    """Read the type a head declares.

    Raises TypeReadError when pycparser cannot read its skeleton.

    >>> from vtsplit.cst.heads.declarator import read_head
    >>> signature = read_signature(read_head("static u64 *f(struct foo *foo, gpa_t a)"))
    >>> signature.parameters, sorted(signature.complete), sorted(signature.incomplete)
    (('foo', 'a'), ['gpa_t', 'u64'], ['struct foo'])
    >>> read_signature(read_head("int n = sizeof(typeof(*p));")).key
    ('names', 'int')
    """
    found = _read(_Alike(head))
    if isinstance(found, str):
        raise TypeReadError(found)
    return found


class _Alike:
    """A head that is compared by its tokens: all else follows from them."""

    def __init__(self, head: Head) -> None:
        self.head = head

    def __hash__(self) -> int:
        return hash(self.head.tokens)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Alike) and self.head.tokens == other.head.tokens


# Half of what a run asks for it has asked for before, by another item of the same text.
@lru_cache(maxsize=2048)
def _read(alike: _Alike) -> Signature | str:
    """Return what a head declares, or why that cannot be read."""
    try:
        return _read_head(alike.head)
    except RecursionError:
        return "its type is nested too deeply"


def _read_head(head: Head) -> Signature | str:
    text = skeleton(head)
    if any(token.text in TYPEOF for token in _declaring(head)):
        return "its type is made by typeof"
    if head.defines_tag:
        return "its type is defined in the same declaration"
    if head.is_old_style:
        return "its parameters are declared in the old style (K&R)"
    text = in_ascii(text.replace("\r", " "))
    parser = TypedefParser()
    made = calls_by_name(head)
    parser.typedefs = frozenset(map(in_ascii, typedef_names(head)))
    try:
        ast = parser.parse(text + ";")
    except c_parser.ParseError as error:
        return f"its type cannot be read ({error})"
    declarations = [node for node in ast.ext if isinstance(node, c_ast.Decl)]
    if len(declarations) != 1:
        return "its type cannot be read (not one declaration)"
    found = _signature(declarations[0])
    found = _with_letters(found) if "$u" in text else found
    return _with_macros(replace(found, annotations=_annotations(head)), made)


def _with_macros(signature: Signature, made: Mapping[str, tuple[Token, ...]]) -> Signature:
    """Return a signature with macros' calls in place of the names that stood for them."""
    if not made:
        return signature
    shown = {name: " ".join(token.text for token in call) for name, call in made.items()}
    words = {t.text for call in made.values() for t in call[1:] if t.kind is Kind.IDENT}
    return replace(
        signature,
        key=mapped_key(signature.key, lambda word: shown.get(word, word)),
        complete=signature.complete - made.keys(),
        annotations=signature.annotations | {call[0].text for call in made.values()},
        likely=frozenset(words - KEYWORDS),
    )


def _with_letters(signature: Signature) -> Signature:
    """Return a signature with the letters that pycparser was not given."""
    return replace(
        signature,
        parameters=tuple(map(from_ascii, signature.parameters)),
        key=mapped_key(signature.key, from_ascii),
        complete=frozenset(map(from_ascii, signature.complete)),
        incomplete=frozenset(map(from_ascii, signature.incomplete)),
        constants=frozenset(map(from_ascii, signature.constants)),
    )


def _annotations(head: Head) -> frozenset[str]:
    """Return the words of a head that are macros beside the type, known ones or by their place."""
    marks, end = marked_words(head), declarator_end(head)
    words = attribute_words(head)
    words |= list_macro(head)
    words |= {at for first, last in macro_types(head).items() for at in range(first, last + 1)}
    found = set()
    for at, token in enumerate(head.tokens):
        if token.text == "=":
            break
        if token.kind is not Kind.IDENT or at == head.name_index or token.text in KEYWORDS:
            continue
        if at in words:
            continue
        placed = at < end and is_masked(token, head, at, end)
        if at in marks or placed or is_annotation(token.text):
            found.add(token.text)
    return frozenset(found)


def typedef_names(head: Head) -> frozenset[str]:
    """Guess which names of a head's skeleton are typedefs, by what stands beside them.

    Macros' calls that make types are among these, under the names that stand for them. So is
    `bool`: it is a macro of ISO C that pycparser takes for a name.
    """
    marks = parameter_annotations(head) | standard_attributes(head.tokens)
    code = [
        (at, token)
        for at, token in enumerate(head.tokens[: declarator_end(head)])
        if token.kind not in TRIVIA
        and at not in marks
        and not (token.kind is Kind.IDENT and is_annotation(token.text))
    ]
    names = set()
    depth = 0
    for place, (at, token) in enumerate(code):
        depth += (token.text == "[") - (token.text == "]")
        before = code[place - 1][1].text if place else ""
        following = [each for _, each in code[place + 1 : place + 3]]
        after = following[0].text if following else ""
        if token.kind is not Kind.IDENT or token.text in KEYWORDS or before in AGGREGATES:
            continue
        # In brackets stands an expression: `a * 2` is a product there, and `f(a)` a call.
        if depth:
            if _names_type([one.text for _, one in code[:place]], following):
                names.add(token.text)
            continue
        named = bool(following) and following[0].kind is Kind.IDENT
        alone = before in {"(", ","} and after in {",", ")"}
        if at != head.name_index and (named or alone or after in {"*", "("}):
            names.add(token.text)
    return frozenset({*names, "bool", *calls_by_name(head)})


def _names_type(front: Sequence[str], behind: Sequence[Token]) -> bool:
    """Tell whether the word between tokens of an expression is a type: in a cast, or `sizeof`."""
    front = front[:-1] if front[-1] in QUALIFIERS else front
    if front[-1:] != ["("]:
        return False
    cast = [token.text for token in behind[:1]] == [")"] and behind[1:2]
    return front[-2:-1] == ["sizeof"] or bool(cast and behind[1].kind in {Kind.IDENT, Kind.NUMBER})


def _signature(declaration: Any) -> Signature:
    complete: set[str] = set()
    incomplete: set[str] = set()
    constants: set[str] = set()
    _collect(declaration.type, False, complete, incomplete, constants)
    function = declaration.type if isinstance(declaration.type, c_ast.FuncDecl) else None
    parameters = function.args.params if function is not None and function.args else []
    names = tuple(_parameter_name(parameter) for parameter in parameters)
    if len(parameters) == 1 and _key(parameters[0]) == ("names", "void"):
        names = ()
    return Signature(
        names,
        _key(declaration.type),
        frozenset(complete),
        frozenset(incomplete - complete),
        frozenset(constants - {*names}),
        any(isinstance(parameter, c_ast.EllipsisParam) for parameter in parameters),
    )


def _parameter_name(parameter: Any) -> str:
    return (getattr(parameter, "name", None) or "") if hasattr(parameter, "name") else ""


def _collect(
    node: Any, pointed: bool, complete: set[str], incomplete: set[str], constants: set[str]
) -> None:
    """Sort the names of a type by whether their definition is needed (C11 6.2.5p22, 6.7.2.3)."""
    if isinstance(node, c_ast.PtrDecl | c_ast.FuncDecl):
        pointed = True
    if isinstance(node, c_ast.ArrayDecl):
        pointed = False
        constants.update(_identifiers(node.dim))
    if isinstance(node, c_ast.IdentifierType):
        complete.update(name for name in node.names if name not in KEYWORDS)
    elif isinstance(node, c_ast.Struct | c_ast.Union) and node.name:
        kind = type(node).__name__.lower()
        (incomplete if pointed else complete).add(f"{kind} {node.name}")
    elif isinstance(node, c_ast.Enum) and node.name:
        complete.add(f"enum {node.name}")
    for _, child in node.children():
        if not (isinstance(node, c_ast.ArrayDecl) and child is node.dim):
            _collect(child, pointed, complete, incomplete, constants)


def _identifiers(node: Any) -> Iterator[str]:
    if isinstance(node, c_ast.ID):
        yield node.name
    if node is not None:
        for _, child in node.children():
            yield from _identifiers(child)


def _key(node: Any) -> tuple[Any, ...]:
    """Return a type as nested tuples without names and places, to compare types by."""
    match node:
        case c_ast.TypeDecl():
            return (*sorted(node.quals), *_key(node.type))
        case c_ast.Decl() | c_ast.Typename():
            return _key(node.type)
        case c_ast.IdentifierType():
            return ("names", *_plain_type(node.names))
        case c_ast.Struct() | c_ast.Union() | c_ast.Enum():
            return (type(node).__name__, node.name)
        case c_ast.PtrDecl():
            return ("pointer", *sorted(node.quals), _key(node.type))
        case c_ast.ArrayDecl():
            return ("array", _key(node.dim) if node.dim else (), _key(node.type))
        case c_ast.FuncDecl():
            parameters = node.args.params if node.args else []
            return ("function", tuple(_parameter_key(p) for p in parameters), _key(node.type))
        case c_ast.EllipsisParam():
            return ("...",)
        case c_ast.ID():
            return ("id", node.name)
        case c_ast.Constant():
            return ("constant", node.value)
        case _:
            return (type(node).__name__, *(_key(child) for _, child in node.children()))


def _plain_type(names: list[str]) -> list[str]:
    """Return a type's words with one spelling for each type: `unsigned` is `unsigned int`.

    (C11 6.7.2p2; `bool` is a macro for `_Bool`, 7.18p2.)
    """
    words = ["_Bool" if name == "bool" else name for name in names]
    if "char" not in words and "signed" in words:
        words.remove("signed")
        words = words or ["int"]
    if "int" in words and len(words) > 1:
        words.remove("int")
    return sorted(words)


def _parameter_key(node: Any) -> tuple[Any, ...]:
    """Return a parameter's type as its function has it (C11 6.7.6.3p7, p8, p15).

    An array is a pointer there, so is a function, and its own qualifiers do not count.
    """
    inner = getattr(node, "type", None)
    match inner:
        case c_ast.ArrayDecl():
            return ("pointer", _key(inner.type))
        case c_ast.FuncDecl():
            return ("pointer", _key(inner))
        case c_ast.PtrDecl():
            return ("pointer", _key(inner.type))
        case c_ast.TypeDecl():
            return _key(inner.type)
        case _:
            return _key(node)
