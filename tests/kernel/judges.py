"""What an accepted split must look like. Each judge returns its complaints; none means accepted.

They are pure functions of texts: tests/project/test_kernel_judges.py tries them on made-up input.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from .ctext import blank, find_table, functions, names_in, rename_words, table_entries
from .patches import Hunk, Span, line_at

Texts = Mapping[str, str]


def pair_names(before: str, after: str) -> dict[str, str]:
    """Return old name -> new name of everything that a table's entries renamed.

    The tables have to agree in fields and their order, so entries pair up one to one.
    """
    old, new = table_entries(before), table_entries(after)
    if [name for name, _ in old] != [name for name, _ in new]:
        raise AssertionError("the table's fields are not what they were")
    pairs = {}
    for (_, left), (_, right) in zip(old, new, strict=True):
        for was, now in zip(re.findall(r"\w+", left), re.findall(r"\w+", right), strict=True):
            if was != now:
                pairs[was] = now
    return pairs


def static_names(text: str) -> set[str]:
    """Return the names of all functions that are static at file scope."""
    return {found.name for found in functions(text) if found.static}


def judge_table(before: str, after: str, renames: Mapping[str, str]) -> list[str]:
    """A moved table is what it was but for names and for `static` in front."""
    expected = rename_words(before, renames).split("\n")
    actual = after.split("\n")
    expected[0] = expected[0].removeprefix("static ")
    actual[0] = actual[0].removeprefix("static ")
    if len(expected) != len(actual):
        return [f"the table had {len(expected)} lines and has {len(actual)}"]
    return [
        f"moved line {was!r} became {now!r}"
        for was, now in zip(expected, actual, strict=True)
        if was != now
    ]


def judge_statics(tables: Iterable[str], source: str) -> list[str]:
    """No function that a table mentions is static in the file that the table left."""
    wanted = set().union(*map(names_in, tables))
    return [f"{name} is still static" for name in sorted(wanted & static_names(source))]


def judge_declared_once(names: Iterable[str], texts: Texts) -> list[str]:
    """Each name has just one declaration that is no definition, in all files together."""
    wanted = set(names)
    places: dict[str, list[str]] = {name: [] for name in wanted}
    for path, text in texts.items():
        for found in functions(text):
            if found.name in wanted and not found.defined and not found.static:
                places[found.name].append(f"{path}:{found.line}")
    return [
        f"{name} is declared {len(where)} times: {' '.join(where)}"
        for name, where in sorted(places.items())
        if len(where) != 1
    ]


def judge_header(header: str, sources: Texts) -> list[str]:
    """All that a header declares, functions and data, is defined global in some source."""
    defined: set[str] = set()
    for text in sources.values():
        defined.update(
            found.name for found in functions(text) if found.defined and not found.static
        )
    complaints = [
        f"{found.name} is declared (line {found.line}) but nowhere defined"
        for found in functions(header)
        if not found.defined and found.name not in defined
    ]
    for match in re.finditer(r"^extern\b[^;(){}]*;", blank(header), re.MULTILINE):
        name = re.findall(r"\w+", re.sub(r"\[[^\]]*\]|\b__\w+", "", match[0]))[-1]
        tables = [find_table(text, name) for text in sources.values()]
        if not any(table and not table.startswith("static") for table in tables):
            complaints.append(f"{name} is declared extern but nowhere defined")
    return complaints


def judge_prototypes(header: str) -> list[str]:
    """Prototypes name their parameters, carry no `extern` and fit 80 columns where they can."""
    complaints = []
    for found in functions(header):
        listed = found.head[found.head.index("(") + 1 : found.head.rindex(")")]
        for parameter in re.split(r",(?![^()]*\))", listed):
            words = re.findall(r"\w+", re.sub(r"\b(?:const|struct|union|enum)\b", "", parameter))
            if words != ["void"] and (len(words) < 2 or words[-1] in TYPE_WORDS):
                complaints.append(f"{found.name}: no name in parameter {parameter.strip()!r}")
        if "extern" in found.head.split():
            complaints.append(f"{found.name}: extern on a function")
    for number, line in enumerate(header.split("\n"), start=1):
        if len(line.expandtabs(8)) > 80:
            complaints.append(f"line {number} takes {len(line.expandtabs(8))} columns")
    return complaints


TYPE_WORDS = {"char", "short", "int", "long", "signed", "unsigned", "bool", "void"}


def judge_guards(header: str, source: str) -> list[str]:
    """A prototype stands under the `#if` lines of its definition, or those all of them share."""
    defined: dict[str, list[tuple[str, ...]]] = {}
    for found in functions(source):
        if found.defined:
            defined.setdefault(found.name, []).append(found.guards)
    complaints = []
    for found in functions(header):
        if found.defined or found.name not in defined:
            continue
        expected = shared_start(defined[found.name])
        # The first one is the header's own include guard.
        if found.guards[1:] != expected:
            complaints.append(f"{found.name} is under {found.guards[1:]}, should be {expected}")
    return complaints


def shared_start(stacks: list[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the guards that all of several stacks of guards begin with."""
    shared = []
    for column in zip(*stacks, strict=False):
        if len(set(column)) > 1:
            break
        shared.append(column[0])
    return tuple(shared)


def judge_changes(
    hunks: Iterable[Hunk], header: str, main: str, renames: Mapping[str, str]
) -> list[str]:
    """Every change in the source file is one that splitting it calls for.

    `hunks` is the source's diff without context, `header` the new header's name, `main` the text
    of the file that took the tables. Allowed are: `static` gone, names changed, the layout of what
    stands in brackets; lines that moved to `main`; declarations that went; the new `#include`.
    """
    include = re.compile(rf'#include "(?:[\w/]*/)?{re.escape(header)}"')
    moved = "\n".join(["", *strip_lines(main), ""])
    declared = set(re.findall(r"\w+", main))
    complaints = []
    for hunk in hunks:
        gone = "\n".join(hunk.marked("-"))
        come = "\n".join(line for line in hunk.marked("+") if not include.fullmatch(line.strip()))
        renamed = rename_words(gone, renames)
        fewer = drop_declarations(renamed, declared)
        # Layout alone is no reason: a specifier has to go, or a name to change.
        if strip_lines(renamed) == strip_lines(come) and has_reason(gone, come, renamed):
            continue
        if not come.strip() and "\n".join(["", *strip_lines(renamed), ""]) in moved:
            continue
        # A comment goes with the declaration that it stands above.
        left = [fewer] if blank(come) != come else [fewer, blank(fewer)]
        if fewer != renamed and strip_lines(come) in map(strip_lines, left):
            continue
        complaints.append(f"line {hunk.span.old_start}: {gone!r} became {come!r}")
    return complaints


SPECIFIERS = r"\b(?:static|inline|__always_inline)\b"


def strip_lines(text: str) -> list[str]:
    """Reduce each line to what exposing keeps: no `static`, no `inline`, no layout."""
    lines = [re.sub(rf"{SPECIFIERS}|\s+", "", line) for line in text.split("\n")]
    return [line for line in lines if line]


def has_reason(gone: str, come: str, renamed: str) -> bool:
    """Say whether a change that keeps all words takes specifiers away, or renames."""
    fewer = len(re.findall(SPECIFIERS, gone)) > len(re.findall(SPECIFIERS, come))
    return fewer or gone != renamed or gone.split() == come.split() == []


def drop_declarations(text: str, names: set[str]) -> str:
    """Take out whole declarations of some names, such as `static struct x y;` or `int f(void);`."""
    pattern = re.compile(
        r"^\w+[\s*][\w\s*]*?(\w+)\s*(?:\([^(){};]*\))?(?:\s*__\w+)*\s*;", re.MULTILINE
    )
    # Looked for where comments are blank, cut out where they are not.
    for match in reversed(list(pattern.finditer(blank(text)))):
        if match[1] in names:
            text = text[: match.start()] + text[match.end() :]
    return text


def judge_accounts(hunks: Iterable[Hunk], told: Mapping[Span, list[str]]) -> list[str]:
    """The report tells of exactly the hunks of the patch, and has a reason for each.

    `told` holds, for each hunk in the report, the steps that it gives for it, as texts.
    """
    spans = {hunk.span for hunk in hunks}
    complaints = [f"not in the report: {span}" for span in sorted(spans - told.keys())]
    complaints += [f"not in the patch: {span}" for span in sorted(told.keys() - spans)]
    complaints += [f"no step for {span}" for span, paths in sorted(told.items()) if not paths]
    return complaints


def judge_style(
    output: str, hunks: list[Hunk], allowed: set[str], renames: Mapping[str, str]
) -> list[str]:
    """checkpatch's terse output holds nothing but what stood on lines that just moved.

    A line moved when the patch takes it away, byte for byte but for `renames`, somewhere else.
    """
    moved = {rename_words(line, renames) for hunk in hunks for line in hunk.marked("-")}
    complaints = []
    for message in output.splitlines():
        match = re.match(r"[^:]*:(\d+): (?:ERROR|WARNING|CHECK):(\w+):", message)
        if match is None:
            if not message.startswith("total:") and message.strip():
                complaints.append(message)
            continue
        line = line_at(hunks, int(match[1])) or ""
        if match[2] not in allowed and not (line.startswith("+") and line[1:] in moved):
            complaints.append(f"{message}\n    {line}")
    return complaints


def warnings_in(stderr: str, renames: Mapping[str, str]) -> Counter[str]:
    """Return the compiler's and linker's complaints without what moving code changes in them."""
    kept = []
    for line in stderr.splitlines():
        if re.search(r"\b(?:warning|error)\b\s*:|undefined reference", line, re.IGNORECASE):
            line = re.sub(r":\d+(?::\d+)?(?=:)|\+0x[0-9a-f]+", "", line)
            kept.append(rename_words(line, renames))
    return Counter(kept)


def judge_warnings(before: str, after: str, renames: Mapping[str, str]) -> list[str]:
    """A build has no warning that the one before did not have, nor one more often."""
    return sorted((warnings_in(after, renames) - warnings_in(before, renames)).elements())
