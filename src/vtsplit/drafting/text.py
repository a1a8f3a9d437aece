"""A draft of dispatch as TOML. An uncertain line is a comment: without its `# ` it is TOML."""

import json
from collections.abc import Iterator
from textwrap import wrap

from vtsplit.drafting.draft import DispatchDraft, Keys, KeyValue

_WIDTH = 98


def write_dispatch(draft: DispatchDraft) -> str:
    """Return the sections as text.

    >>> from vtsplit.drafting.draft import Line, OpSection
    >>> lines = (Line("prefix", "b_", "b_open serves op open."),)
    >>> section = OpSection("close", "void close(struct dev *dev)", {"only": "first"})
    >>> print(write_dispatch(DispatchDraft("foo_", lines, sections=(section,))))
    <BLANKLINE>
    [dispatch]
    # The name of a wrapper is this and the op.
    prefix = "foo_"
    <BLANKLINE>
    [dispatch.backend]
    # b_open serves op open.
    prefix = "b_"
    <BLANKLINE>
    # Below is a section for each op that a policy may fit. A section that is a comment changes
    # nothing: remove the `# ` from its lines to use it, and write what it should do.
    <BLANKLINE>
    # void close(struct dev *dev)
    # [op.close]
    # only = "first"
    <BLANKLINE>
    """
    return "".join(
        f"{line}\n"
        for line in [
            *_dispatch(draft),
            *_backend(draft),
            *_choices(draft),
            *_left(draft),
            *_sections(draft),
        ]
    )


def toml(value: KeyValue) -> str:
    """Return a value as TOML writes it.

    >>> print(toml('a "b"'), toml(True), toml(("x", "y")))
    "a \\"b\\"" true ["x", "y"]
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return f"[{', '.join(toml(part) for part in value)}]"


def comment(text: str) -> list[str]:
    """Return a text as lines of a comment."""
    printable = "".join(char if char.isprintable() else "?" for char in text)
    lines = wrap(printable, _WIDTH - 2, break_long_words=False, break_on_hyphens=False)
    return [f"# {line}" for line in lines]


def _dispatch(draft: DispatchDraft) -> Iterator[str]:
    yield from ("", "[dispatch]", "# The name of a wrapper is this and the op.")
    yield f"prefix = {toml(draft.prefix)}"
    if draft.served:
        yield from comment(
            "Both backends have a function for these ops, so they get a wrapper without a "
            f"section: {', '.join(draft.served)}."
        )
    if draft.by_flag:
        yield from comment(
            "The flag alone decides on these, since no parameter tells. While it is set, the "
            f"first backend's function is not called: {', '.join(draft.by_flag)}."
        )
    if draft.listed:
        yield from comment(
            "Both backends serve these ops. Remove those that the second one has no use for; the "
            "sections below say what is done then."
        )
        yield "ops = ["
        yield from (f"    {toml(name)}," for name in draft.listed)
        yield "]"


def _backend(draft: DispatchDraft) -> Iterator[str]:
    yield from ("", "[dispatch.backend]")
    for line in draft.backend:
        yield from comment(line.why)
        yield f"{'' if line.is_certain else '# '}{line.key} = {toml(line.value)}"


def _choices(draft: DispatchDraft) -> Iterator[str]:
    if not draft.choices:
        return
    yield from ("", "[dispatch.when]")
    yield from comment(
        "Which backend serves an op: its first parameter of one of these types tells. {} stands "
        "for the parameter."
    )
    for choice in draft.choices:
        yield from comment(choice.why)
        mark = "" if choice.is_certain else "# "
        yield f"{mark}{toml(choice.type)} = {toml(choice.template)}"


def _left(draft: DispatchDraft) -> Iterator[str]:
    reasons: dict[str, list[str]] = {}
    for op, why in draft.left.items():
        reasons.setdefault(why, []).append(op)
    if reasons:
        yield ""
    for why, ops in reasons.items():
        yield from comment(f"{why}: {', '.join(ops)}.")


def _sections(draft: DispatchDraft) -> Iterator[str]:
    if any(not section.is_stated for section in draft.sections):
        yield ""
        yield from comment(
            "Below is a section for each op that a policy may fit. A section that is a comment "
            "changes nothing: remove the `# ` from its lines to use it, and write what it should "
            "do."
        )
    for section in draft.sections:
        yield ""
        yield from comment(section.head)
        if section.why:
            yield from comment(section.why)
        mark = "" if section.is_stated else "# "
        yield from (f"{mark}{line}" for line in section_lines(section.op, section.keys))


def section_lines(op: str, keys: Keys) -> list[str]:
    """Return a section as lines of TOML.

    >>> section_lines("open", {"zero": ("a", "b"), "and": True})
    ['[op.open]', 'zero = ["a", "b"]', 'and = true']
    """
    return [f"[op.{op}]", *(f"{key} = {toml(value)}" for key, value in keys.items())]
