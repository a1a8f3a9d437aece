"""Add an object to the list that holds its source's object, in that list's own layout.

    foo-y := foo.o bar.o  ->  foo-y := foo.o bar.o main.o

Only lines of that one list change; a line that is full gets a continuation like the others.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from posixpath import basename, dirname, join, normpath, relpath, splitext

from vtsplit.cst.style.indentation import TAB, columns
from vtsplit.survey.make.kbuild import Membership, ObjectListing
from vtsplit.survey.make.makefile import ObjectList, Word, read_lists

# Two objects are in order by chance as often as not; three or more say something.
_SORTED_FROM = 3
_LAST_WORD = re.compile(r"(\S(?:.*\S)?)[ \t]+[^ \t)}]\S*(?:[ \t]+[)}]+)*$")
_FURTHEST = 40  # a list that starts beyond this column is not worth aligning to


def add_member(text: str, membership: Membership, path: str) -> str:
    r"""Add the object of the source file `path` wherever that of the membership's source is listed.

    A module of one object cannot gain a second like that: `composite` is for it.

    >>> from vtsplit.survey.make.kbuild import find_object
    >>> text = "obj-m += foo.o\nfoo-y := b/x.o y.o\n"
    >>> add_member(text, find_object({"Makefile": text}.get, "b/x.c"), "b/main.c")
    'obj-m += foo.o\nfoo-y := b/x.o y.o b/main.o\n'
    """
    # From the last to the first, so that the offsets of those to come stay true.
    for place in sorted(membership.places, key=lambda place: -place.word.start):
        word = word_for(membership, place, path)
        text = add_object(text, place.object_list, place.word, word)
    return text


def add_header(text: str, membership: Membership, path: str) -> str:
    r"""Add a header where automake lists the source together with headers, which it distributes.

    >>> from vtsplit.survey.make.kbuild import find_object
    >>> text = "foo_SOURCES = x.c x.h\n"
    >>> add_header(text, find_object({"Makefile.am": text}.get, "x.c"), "x_ops.h")
    'foo_SOURCES = x.c x.h x_ops.h\n'
    >>> text = "FOO = x.h x.c\nfoo_SOURCES = $(FOO)\n"
    >>> add_header(text, find_object({"Makefile.am": text}.get, "x.c"), "x_ops.h")
    'FOO = x.h x_ops.h x.c\nfoo_SOURCES = $(FOO)\n'
    >>> text = "foo_SOURCES = x.c\n"
    >>> add_header(text, find_object({"Makefile.am": text}.get, "x.c"), "x_ops.h") == text
    True
    """
    for place in sorted(membership.places, key=lambda place: -place.word.start):
        words = place.object_list.words
        headers = [word for word in words if splitext(word.text)[1] == ".h" and not word.group]
        is_automake = membership.makefile.endswith(".am")
        if headers and (is_automake or place.object_list.name.endswith("_SOURCES")):
            word = word_for(membership, place, path)
            return add_object(text, place.object_list, headers[-1], word)
    return text


def word_for(membership: Membership, place: ObjectListing, path: str) -> str:
    """Spell the object of the source file `path` as this list spells the one that it has.

    >>> from vtsplit.survey.make.kbuild import find_object
    >>> found = find_object({"a/Makefile": "obj-y += $(obj)/b/x.o"}.get, "a/b/x.c")
    >>> word_for(found, found.places[0], "a/b/main.c"), word_for(found, found.places[0], "a/c.c")
    ('$(obj)/b/main.o', '$(obj)/c.o')
    """
    stem, suffix = splitext(basename(path))
    old, own = splitext(basename(membership.source))
    text = (place.like or place.word).text
    at = text.rindex(old)
    before, ending = text[:at], text[at + len(old) :]
    shown = stem + (suffix if ending == own else ending)
    folder = relpath(dirname(path) or ".", dirname(membership.source) or ".")
    if folder == ".":
        return before + shown
    # `..` may take back what is written, but not a variable.
    cut = max(before.rfind(end) + 2 if end in before else 0 for end in (")/", "}/"))
    return before[:cut] + normpath(join(before[cut:], folder, shown))


def lists_object(text: str, object_list: ObjectList, after_word: Word, new_word: str) -> bool:
    r"""Whether this list, or a sibling list of the same module, has the new object already.

    No sibling is a list in another branch of the same conditional, nor one that holds `after_word`
    itself: such a list needs the object of its own. What is linked alone under one condition
    (`obj-$(CONFIG_A)`) is not there under another.

    >>> one, two = read_lists("foo-y := a.o\nfoo-$(CONFIG_B) += b.o\n")
    >>> lists_object("foo-y := a.o\nfoo-$(CONFIG_B) += b.o\n", one, one.words[0], "b.o")
    True
    """
    wanted = replace(after_word, text=new_word).path
    if object_list.operator in (":", "\t"):
        return any(wanted == word.path for word in object_list.words)
    for one in read_lists(text):
        paths = [word.path for word in one.words]
        sibling = (
            one.stem == object_list.stem
            and (one.stem not in ("obj", "lib") or one.name in (object_list.name, f"{one.stem}-y"))
            and after_word.path not in paths
            and not _exclude_each_other(one, object_list)
        )
        if wanted in paths and (sibling or one.start == object_list.start):
            return True
    return False


def add_object(
    text: str, object_list: ObjectList, after_word: Word, new_word: str, width: int = 80
) -> str:
    r"""Add `new_word` to the list of `after_word`: in order if that is sorted, else at its end.

    Columns are counted with tabs of 8; `width` is the last column to use. The text comes back
    unchanged when `lists_object` says that the object is there.

    >>> text = "foo-y := a.o \\\n\t b.o\n"
    >>> [one] = read_lists(text)
    >>> add_object(text, one, one.words[0], "c.o")
    'foo-y := a.o \\\n\t b.o \\\n\t c.o\n'
    """
    if lists_object(text, object_list, after_word, new_word):
        return text
    lists = read_lists(text)
    run = _run_of_assignments(text, lists, object_list)
    if len(run) > 1:
        return _add_assignment(text, run, new_word)
    near = [word for word in object_list.words if word.group == after_word.group]
    suffix = splitext(after_word.text)[1]
    alike = [word for word in near if splitext(word.text)[1] == suffix]
    if _is_mixed_in_order([word.text for word in near]):
        alike = near
    if after_word.text.startswith("$") and new_word[:1] != "$":
        alike = [after_word]  # a variable: what stands around it may be anything
    place = _place([word.text for word in alike], new_word)
    layout = _Layout(text, object_list, _habit(text, lists, alike[0]), width)
    layout.insert(alike[max(place - 1, 0)], new_word, before=place == 0)
    return text[: object_list.start] + layout.code() + text[object_list.end :]


def _exclude_each_other(one: ObjectList, other: ObjectList) -> bool:
    return any(
        a.chain == b.chain and a.branch != b.branch
        for a in one.conditions
        for b in other.conditions
    )


def _place(words: Sequence[str], new_word: str) -> int:
    """How many of the words go before the new one: by their order if they have one, else all."""
    place = sorted_place(words, new_word)
    return len(words) if place is None else place


def sorted_place(words: Sequence[str], new_word: str) -> int | None:
    """Return how many of the words go before the new one by their order, None if they have none.

    >>> sorted_place(["a.c", "c.c", "d.c"], "b.c"), sorted_place(["a.c", "c.c"], "b.c")
    (1, None)
    """
    keys: tuple[Callable[[str], str], ...] = (str, lambda word: splitext(word)[0], str.casefold)
    for key in keys:
        known = [key(word) for word in words]
        if len(words) >= _SORTED_FROM and known == sorted(known):
            return sum(word <= key(new_word) for word in known)
    return None


def _is_mixed_in_order(words: Sequence[str]) -> bool:
    """Tell files of several kinds in one order, and not those of one kind behind another's.

    >>> _is_mixed_in_order("a.c a.h b.c".split()), _is_mixed_in_order("a.c b.c x.h".split())
    (True, False)
    """
    kinds = [splitext(word)[1] for word in words]
    changes = sum(one != other for one, other in pairwise(kinds))
    is_mixed = changes >= len(set(kinds)) > 1 and not any("$" in word for word in words)
    return is_mixed and sorted_place(words, words[0]) is not None


def _run_of_assignments(
    text: str, lists: Sequence[ObjectList], object_list: ObjectList
) -> list[ObjectList]:
    """Find the neighbouring lines that add one object each to the same name: `foo-y += a.o`."""
    runs: list[list[ObjectList]] = [[]]
    for one in lists:
        last = runs[-1][-1] if runs[-1] else None
        joins = (
            last is not None
            and (one.name, one.conditions, one.operator) == (last.name, last.conditions, "+=")
            and text[last.end : one.start] in ("\n", "\r\n")
        )
        if len(one.words) != 1 or one.backslashes or one.words[0].group:
            runs.append([])
        elif joins:
            runs[-1].append(one)
        else:
            runs.append([one])
    starts = {one.start: run for run in runs for one in run}
    return starts.get(object_list.start, [])


def _add_assignment(text: str, run: Sequence[ObjectList], new_word: str) -> str:
    """Add a line of its own to a run of assignments; `:=` at its head stays the first."""
    place = _place([one.words[0].text for one in run], new_word)
    if run[0].operator != "+=":
        place = max(place, 1)
    model = run[-1] if place == len(run) else run[max(place, 1)]
    line = text[model.start : model.words[0].start] + new_word
    newline = text[run[0].end : run[1].start]
    if place == 0:
        return text[: run[0].start] + line + newline + text[run[0].start :]
    end = run[place - 1].end
    return text[:end] + newline + line + text[end:]


@dataclass
class _ListLine:
    """A line of a list: its text, then spaces and a backslash, or a comment; then its newline."""

    body: str
    tail: str
    newline: str
    words: int
    aligned: bool = True

    @property
    def continued(self) -> bool:
        return self.newline != ""

    @property
    def columns(self) -> int:
        return columns(self.body + self.tail)

    @property
    def indent(self) -> str:
        return self.body[: len(self.body) - len(self.body.lstrip())]


class _Layout:
    """The lines of one list, to add a word to."""

    def __init__(self, text: str, object_list: ObjectList, indent: str, width: int) -> None:
        self.width, self.first, self.indent = width, object_list, indent
        counts = Counter(word.line - object_list.line for word in object_list.words)
        self.lines: list[_ListLine] = []
        self.starts = [object_list.start]
        for number, at in enumerate(object_list.backslashes):
            end = text.index("\n", at) + 1
            body = text[self.starts[-1] : at].rstrip(" \t")
            gap = text[self.starts[-1] + len(body) : at]
            self.lines.append(_ListLine(body, gap + "\\", text[at + 1 : end], counts[number]))
            self.starts.append(end)
        stop = object_list.end if object_list.comment is None else object_list.comment
        body = text[self.starts[-1] : stop].rstrip(" \t")
        tail = text[self.starts[-1] + len(body) : object_list.end]
        self.lines.append(_ListLine(body, tail, "", counts[len(self.lines)]))
        # Its own newline, else the one that follows it, else that of the file.
        near = self.lines[0].newline or text[object_list.end :][:2] or text
        self.newline = "\r\n" if "\r\n" in near else "\n"
        self.one_per_line = self._is_one_per_line()
        self.column = self._backslash_column()
        for line in self.lines:
            line.aligned = not line.continued or line.columns - 1 == self.column

    def insert(self, anchor: Word, new_word: str, before: bool) -> None:
        """Put the word beside one that is there, then break the line if that fills it."""
        number = anchor.line - self.first.line
        line = self.lines[number]
        if self.one_per_line and "#" in line.tail:
            before = True  # what the comment is about keeps its line
        old, at = (
            columns(line.body),
            (anchor.start if before else anchor.end) - self.starts[number],
        )
        added = f"{new_word} " if before else f" {new_word}"
        line.body = line.body[:at] + added + line.body[at:]
        self._realign(line)
        if self.one_per_line:
            self._break(number)
        else:
            while columns(line.body) > max(old, self._room(line)) and self._break(number):
                pass

    def code(self) -> str:
        return "".join(line.body + line.tail + line.newline for line in self.lines)

    def _is_one_per_line(self) -> bool:
        filled = [line.words for line in self.lines if line.words]
        crowded = sum(words > 1 for words in filled)
        return len(self.lines) > 1 and crowded * 4 <= len(filled)

    def _backslash_column(self) -> int | None:
        """The column, from 0, at which backslashes are aligned; None when they just follow."""
        cut = [line for line in self.lines if line.continued]
        columns, gaps = Counter(line.columns for line in cut), Counter(line.tail for line in cut)
        if not cut:
            return None
        (column, aligned), (gap, alike) = columns.most_common(1)[0], gaps.most_common(1)[0]
        # Words of one length put backslashes below each other without anyone's doing.
        meant = aligned > alike or (aligned == alike and gap not in ("\\", " \\"))
        return column - 1 if meant and aligned * 2 > len(cut) else None

    def _room(self, line: _ListLine) -> int:
        """Columns that the text of a line may fill."""
        if not line.continued:
            return self.width
        return min(self.width - 2, self.width if self.column is None else self.column - 1)

    def _break(self, number: int) -> bool:
        """Move the last word of a line to the next, or to a new one; False if it has but one."""
        line = self.lines[number]
        start = self.first.words[0].start - self.starts[0] if number == 0 else len(line.indent)
        match = _LAST_WORD.match(line.body, start)
        if match is None:
            return False
        word = line.body[match.end(1) :].lstrip()
        line.body = line.body[: match.end(1)]
        after = self.lines[number + 1] if number + 1 < len(self.lines) else None
        if after is not None and after.words and not self.one_per_line:
            joined = f"{after.indent}{word} {after.body.lstrip()}"
            if columns(joined) <= self._room(after):
                after.body = joined
                self._realign(line, after)
                return True
        new = _ListLine(self._indent_below(number) + word, line.tail, line.newline, 1)
        if not line.continued:
            line.newline, line.tail = self.newline, self._gap() + "\\"
        else:
            new.tail = self._gap() + "\\"
        self.lines.insert(number + 1, new)
        self._realign(line, new)
        return True

    def _indent_below(self, number: int) -> str:
        models = [line for line in self.lines[max(number, 1) :] if line.words]
        return models[0].indent if models else self.indent

    def _gap(self) -> str:
        gaps = Counter(line.tail[:-1] for line in self.lines if line.continued and line.words)
        return gaps.most_common(1)[0][0] if gaps else " "

    def _realign(self, *lines: _ListLine) -> None:
        tabs = any("\t" in line.tail for line in self.lines)
        for line in lines:
            if line.continued and line.aligned and self.column is not None:
                line.tail = (_padding(columns(line.body), self.column, tabs) or " ") + "\\"


def _padding(start: int, stop: int, tabs: bool) -> str:
    if not tabs:
        return " " * (stop - start)
    whole = stop // TAB - start // TAB
    return "\t" * whole + " " * (stop - max(start, stop // TAB * TAB if whole else 0))


def _habit(text: str, lists: Sequence[ObjectList], word: Word) -> str:
    """The indentation that a second line would have, going by the Makefile's other lists.

    Most are aligned to their first word; that is also the rule where no list has two lines.
    """
    votes: Counter[str | None] = Counter()
    for one in lists:
        second = next((other for other in one.words if other.line == one.line + 1), None)
        if second is None or one.words[0].line != one.line:
            continue
        lead = _before(text, second)
        if not lead.strip():
            aligned = columns(lead) == columns(_before(text, one.words[0]))
            votes[None if aligned else lead] += 1
    if votes and (most := votes.most_common(1)[0][0]) is not None:
        return most
    column = columns(_before(text, word))
    return _padding(0, column, tabs=True) if column <= _FURTHEST else "\t"


def _before(text: str, word: Word) -> str:
    return text[word.start - word.column + 1 : word.start]
