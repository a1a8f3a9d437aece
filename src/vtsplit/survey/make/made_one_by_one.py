"""Lists whose every object becomes a program, or a plugin, of its own."""

import re
from collections.abc import Iterable

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


def find_made(reader: MakefileReader, name: str) -> int | None:
    r"""Return the offset where each word of the list `name` is made into a file that is linked.

    GNU make's manual, 6.3.1 and 8.2, has the forms.

    >>> text = "A = a.o b.o\nB = $(A)\nPROGRAMS = $(patsubst %.o,foo-%,$(B))\nD = $(A:.o=.d)\n"
    >>> find_made(MakefileReader(text), "A")
    32
    >>> find_made(MakefileReader("A = a.o\nclean:\n\trm -f $(A:.o=.x)\n"), "A")
    """
    names = _carrying(reader.lists, name)
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
                    return match.start()
    return None


def _carrying(lists: Iterable[ObjectList], name: str) -> set[str]:
    """Return the variables that have all words of a list: itself, and those that name it."""
    names, every = {name}, list(lists)
    while True:
        values = {f"$({one})" for one in names} | {f"${{{one}}}" for one in names}
        more = {one.name for one in every if values & {word.text for word in one.words}}
        if more <= names:
            return names
        names |= more
