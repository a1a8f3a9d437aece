"""A crude reading of kernel C, just good enough to judge what the tool did.

On purpose it shares nothing with vtsplit's own syntax tree: a mistake there must not hide itself.
All functions take text as it is on disk, decoded so that every byte survives.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

HIDDEN = re.compile(r"""/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.DOTALL)
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n\\]|\\.)*", re.MULTILINE | re.DOTALL)
MARK = re.compile(rf"{DIRECTIVE.pattern}|[{{}};]", re.MULTILINE | re.DOTALL)
# Words that take parentheses without being the name that is declared.
ANNOTATION = re.compile(r"__\w+|[A-Z][A-Z0-9_]*")


@dataclass(frozen=True)
class Function:
    """A function defined or declared at file scope.

    `head` is its text up to the brace or ";"; `guards` the `#if` lines in force, outermost first,
    with "else" in front where the text is in the other branch.
    """

    name: str
    line: int
    defined: bool
    static: bool
    head: str
    guards: tuple[str, ...]


def read(path: Path) -> str:
    """Return the text of a file, byte for byte."""
    return path.read_bytes().decode("utf-8", "surrogateescape")


def blank(text: str) -> str:
    """Replace comments and literals by spaces; every other character keeps its place."""
    return HIDDEN.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def functions(text: str) -> Iterator[Function]:
    """Yield the functions that stand at file scope, in order, whatever `#if` they are under."""
    code = blank(text)
    start = depth = 0
    open_ifs: list[tuple[int, str]] = []
    for mark in MARK.finditer(code):
        token = mark[0]
        if token not in "{};":
            inside = depth
            depth = follow_directive(token, depth, open_ifs)
            if inside and depth == 0:
                start = mark.end()
            continue
        head = code[start : mark.start()]
        if token == "}":
            depth = max(depth - 1, 0)
        elif depth == 0:
            found = read_head(head)
            if found:
                name, static = found
                # Directives in front of the function are no part of its head.
                bare = DIRECTIVE.sub(lambda line: re.sub(r"[^\n]", " ", line[0]), head)
                begin = mark.start() - len(bare.lstrip())
                line = text.count("\n", 0, begin) + 1
                kept = text[begin : mark.start()].rstrip()
                guards = tuple(guard for _, guard in open_ifs)
                yield Function(name, line, token == "{", static, kept, guards)
        if token == "{":
            depth += 1
        if depth == 0:
            start = mark.end()


def follow_directive(line: str, depth: int, open_ifs: list[tuple[int, str]]) -> int:
    """Keep account of `#if` and its kin; returns the brace depth that holds from there on."""
    text = " ".join(line.strip().removeprefix("#").split())
    if text.startswith("if"):
        open_ifs.append((depth, text))
    elif text.startswith("el") and open_ifs:
        # Both branches may open the same brace, so the second starts where the first did.
        depth, guard = open_ifs[-1]
        open_ifs[-1] = (depth, f"else {guard}")
    elif text.startswith("endif") and open_ifs:
        open_ifs.pop()
    return depth


def read_head(head: str) -> tuple[str, bool] | None:
    """Return the name in a function's head and whether it is static; None for anything else."""
    plain = DIRECTIVE.sub("", head)
    groups = list(outer_groups(plain))
    outside = plain
    for begin, end in groups:
        outside = outside[:begin] + " " * (end - begin) + outside[end:]
    if "=" in outside or "typedef" in outside.split():
        return None
    for begin, _ in groups:
        named = re.search(r"(\w+)\s*$", plain[:begin])
        if named and not ANNOTATION.fullmatch(named[1]):
            before = outside[: named.start()].replace("*", " * ").split()
            # A name with nothing before it is the use of a macro, as in module_init(x).
            return (named[1], "static" in before) if before else None
    return None


def outer_groups(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each outermost pair of parentheses begins and ends."""
    depth = begin = 0
    for match in re.finditer(r"[()]", text):
        if match[0] == "(":
            begin = match.start() if depth == 0 else begin
            depth += 1
        else:
            depth -= 1
            if depth == 0:
                yield begin, match.end()


def find_table(text: str, name: str) -> str | None:
    """Return the definition of a table with its initializer, from line start to ";"."""
    code = blank(text)
    after_name = r"(?:\s*\[[^\]]*\])?(?:\s*__\w+(?:\([^()]*\))?)*\s*=\s*\{"
    opening = re.search(rf"^\w[\w\s*]*\b{name}{after_name}", code, re.MULTILINE)
    if opening is None:
        return None
    depth = 0
    for brace in re.finditer(r"[{}]", code[opening.end() - 1 :]):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            end = code.index(";", opening.end() - 1 + brace.start())
            return text[opening.start() : end + 1]
    return None


def table_entries(table: str) -> list[tuple[str, str]]:
    """Return (field, value) of each `.field = value`, in order; values lose their blanks."""
    code = DIRECTIVE.sub("", blank(table))
    body = code[code.index("{") + 1 : code.rindex("}")]
    pattern = re.compile(r"\.(\w+)\s*=\s*((?:[^,()]|\([^()]*\))*)")
    return [(field, " ".join(value.split())) for field, value in pattern.findall(body)]


def names_in(table: str) -> set[str]:
    """Return every identifier that the values of a table's entries mention."""
    return {
        name for _, value in table_entries(table) for name in re.findall(r"\b[A-Za-z_]\w*", value)
    }


def rename_words(text: str, renames: Mapping[str, str]) -> str:
    """Replace whole words, but not in strings, nor member names and designators (`.x`, `->x`)."""
    if not renames:
        return text
    words = "|".join(map(re.escape, sorted(renames)))
    pattern = rf'"(?:\\.|[^"\\\n])*"|(?<![.\w])(?<!->)(?:{words})\b'
    return re.sub(pattern, lambda match: renames.get(match[0], match[0]), text)
