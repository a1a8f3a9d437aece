"""Lists whose every object becomes a program, or a plugin, of its own."""

import re
from collections.abc import Iterable, Iterator

from vtsplit.survey.make.link_rules import links_first_only
from vtsplit.survey.make.makefile import MakefileReader, ObjectList

# What goes with one object or source file and is linked into nothing by itself.
_BESIDE = re.compile(
    r"\.(?:l?o|po|os|obj|pico|c|h|d|deps?|P|[sS]|ii?|sp|ll|bc|gcno|gcda|gcov|su|lint|cmd)$"
)


def is_beside(text: str) -> bool:
    """Tell a file that goes with one source, and is no program or library by itself.

    >>> is_beside("obj/*.o"), is_beside("bin/*")
    (True, False)
    """
    return bool(_BESIDE.search(text))


_RULE = re.compile(r"^(?![\t#])[^:=\n]*:(?![:=])([^=\n]*)\n((?:\t[^\n]*(?:\n|\Z))+)", re.MULTILINE)
_ASSIGNED = re.compile(r"^ *([\w.-]+)[ \t]*[:+?]{0,2}=(.*)$", re.MULTILINE)
_REFERENCE = re.compile(r"\$[({]([\w.-]+)(?::[^(){}]*)?[)}]")
_PARTLY = re.compile(r"\$[({]((?:[\w.-]+\$\(\d\)[\w.-]*|\$\(\d\)[\w.-]+))(?::[^(){}]*)?[)}]")
_ARGUMENT = re.escape("$(1)")


def why_alone(reader: MakefileReader, name: str) -> str | None:
    """Return why main cannot join the list `name`: what links its files takes only one of them."""
    made = find_made(reader, name)
    if made is not None:
        line = reader.text.count("\n", 0, made) + 1
        return f"each object of '{name}' is linked alone (line {line})"
    first = find_first_only(reader.text, name)
    if first is not None:
        return f"only the first object of '{name}' is linked (line {first}), by '$<'"
    return None


def find_first_only(text: str, name: str) -> int | None:
    r"""Return the line that links, of all that a list `name` has, the first file only.

    That is what `$<` stands for (GNU make's manual, 10.5.3). Rules in a `define` count as well.

    >>> text = "S = a.c\nO = $(S:.c=.o)\na.so: $(O)\n\t$(CC) -shared -o $@ INPUT\n"
    >>> find_first_only(text.replace("INPUT", "$<"), "S")
    4
    >>> find_first_only(text.replace("INPUT", "$^"), "S")
    """
    if "$<" not in text:
        return None
    text = text.replace("$$", "$")
    given = {word for _, value in _ASSIGNED.findall(text) for word in value.split()}
    # What a `define` is called with: a word that makes one of its names the list's.
    arguments = sorted(
        word
        for form in {re.escape(found) for found in _PARTLY.findall(text)}
        for match in [re.fullmatch(form.replace(_ARGUMENT, r"([\w.-]+)", 1), name)]
        if match and (word := match[1]) in given
    )
    lines = (_first_only(re.sub(r"\$\(\d\)", one, text), name) for one in (*arguments, "$(1)"))
    return next((line for line in lines if line is not None), None)


def _first_only(text: str, name: str) -> int | None:
    names = {name}
    while True:
        more = {one for one, value in _ASSIGNED.findall(text) if _names_one(value, names)}
        if more <= names:
            break
        names |= more
    for rule in _RULE.finditer(text):
        if not _names_one(rule[1], names):
            continue
        at = text.count("\n", 0, rule.start(2)) + 1
        for line, recipe in enumerate(rule[2].splitlines(), at):
            if links_first_only(recipe.split()) and not _names_one(recipe, names):
                return line
    return None


def _names_one(text: str, names: set[str]) -> bool:
    return not names.isdisjoint(_REFERENCE.findall(text))


def find_made(reader: MakefileReader, name: str) -> int | None:
    r"""Return the offset where each word of the list `name` is made into a file that is linked.

    >>> text = "A = a.o b.o\nB = $(A)\nPROGRAMS = $(patsubst %.o,foo-%,$(B))\nD = $(A:.o=.d)\n"
    >>> find_made(MakefileReader(text), "A")
    32
    >>> find_made(MakefileReader("A = a.o\nclean:\n\trm -f $(A:.o=.x)\n"), "A")
    """
    return next((at for _, at in every_made(reader, name)), None)


def every_made(reader: MakefileReader, name: str) -> Iterator[tuple[ObjectList, int]]:
    """Yield the lists that have a file for each word of the list `name`, with the offsets.

    GNU make's manual, 6.3.1 and 8.2, has the forms.
    """
    names = carrying(reader.lists, name)
    either = "|".join(map(re.escape, sorted(names)))
    value = rf"\$[({{](?:{either})[)}}]"
    others = r"(?:[^(),${}]|\$[({][\w.-]+[)}])*?"
    forms = (
        rf"\$[({{](?:{either}):(?P<old>[^=(){{}}]*)=(?P<by>(?:[^(){{}}]|\$\(\w+\))*)[)}}]",
        rf"\$[({{]patsubst[ \t]+(?P<old>[^,]*),(?P<by>[^,]*),{others}{value}",
        rf"\$[({{]basename[ \t]{others}{value}(?P<by>)(?P<old>)",
    )
    # A recipe may remove or install such files; what makes them is a list, or a rule's head.
    for one in (*reader.lists, *(rule.prerequisites for rule in reader.rules)):
        for form in forms:
            for match in re.compile(form).finditer(reader.text, one.start, one.end):
                old, by = match["old"].strip(), match["by"].strip()
                # `%` at both ends keeps what a name ends with: it is put into a folder.
                if not _BESIDE.search(by) and not (old.endswith("%") and by.endswith("%")):
                    yield one, match.start()


def carrying(lists: Iterable[ObjectList], name: str) -> set[str]:
    """Return the variables that have all words of a list: itself, and those that name it."""
    names, every = {name}, list(lists)
    while True:
        values = {f"$({one})" for one in names} | {f"${{{one}}}" for one in names}
        more = {one.name for one in every if values & {word.text for word in one.words}}
        if more <= names:
            return names
        names |= more
