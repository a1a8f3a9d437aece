"""Lists that are linked as a whole, though their words also give other files their names."""

from collections.abc import Collection, Iterator

from vtsplit.survey.make.link_rules import links_files, takes_all
from vtsplit.survey.make.made_one_by_one import carrying, every_made, why_alone
from vtsplit.survey.make.makefile import MakefileReader, MakeRule, ObjectList, Word


def whole_or_alone(
    reader: MakefileReader, one: ObjectList, names: Collection[str] = ()
) -> tuple[tuple[tuple[ObjectList, Word], ...], str | None]:
    """Return where a list is used as a whole if it has to be asked, or why main cannot join it.

    `names` are those by which it is used, if they are others.
    """
    reasons = (why_alone(reader, name) for name in names or (one.name,))
    alone = None if one.operator in ":\t" else next(filter(None, reasons), None)
    whole = linked_whole(reader, one.name) if alone else ()
    return whole, None if whole else alone


def linked_whole(reader: MakefileReader, name: str) -> tuple[tuple[ObjectList, Word], ...]:
    r"""Return the words by which a list is used as a whole: main's object can stand beside each.

    There are none if the files that are named after its words may be linked from them, each alone.
    They are not where a rule of their own makes them of something else.

    >>> text = "O = a.o b.o\nLINKS = $(O:.o=)\nall: $(O)\n\t$(CC) -o $@ $^\n"
    >>> [word.line for _, word in linked_whole(MakefileReader(text), "O")]
    []
    >>> text += "$(LINKS): all\n\tln all $@\n"
    >>> [word.line for _, word in linked_whole(MakefileReader(text), "O")]
    [3]
    """
    names = carrying(reader.lists, name)
    if not all(_is_made_apart(reader, one, names) for one, _ in every_made(reader, name)):
        return ()
    rules = [rule for rule in reader.rules if _links(rule, name)]
    lists = [one for one in reader.lists if one.name != name]
    lines = [line for rule in rules for line in (rule.prerequisites, *rule.recipe)]
    return tuple(_whole([*lists, *lines], name)) if rules else ()


def _is_made_apart(reader: MakefileReader, made: ObjectList, names: set[str]) -> bool:
    """Tell a list of files that rules make, and make of nothing that the names have."""
    if made.operator in ":\t":
        return False
    targets = [rule for rule in reader.rules if _has(rule.targets, {made.name})]
    return bool(targets) and all(
        rule.recipe
        and not _has(rule.prerequisites.words, names)
        and not any("%" in word.text or word.text == ":" for word in rule.prerequisites.words)
        and not any(links_files(line) for line in rule.recipe)
        for rule in targets
    )


def _links(rule: MakeRule, name: str) -> bool:
    """Tell a rule that links all that the list has."""
    if not _has(rule.prerequisites.words, {name}):
        return False
    return any(
        links_files(line) and (takes_all(line) or _has(line.words, {name})) for line in rule.recipe
    )


def _has(words: tuple[Word, ...], names: set[str]) -> bool:
    return any(word.text[:1] == "$" and word.text[2:-1] in names for word in words)


def _whole(lists: list[ObjectList], name: str) -> Iterator[tuple[ObjectList, Word]]:
    for one in lists:
        for word in one.words:
            if _has((word,), {name}) and not word.group:
                yield one, word
