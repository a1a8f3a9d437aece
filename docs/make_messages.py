"""Write docs/messages.md from the rules in src/vtsplit; run it after a rule has changed."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from vtsplit.registry import STAGES
from vtsplit.rule import Rule

PAGE = Path(__file__).parent / "messages.md"

_HEAD = """\
<!-- Made from the rules in src/vtsplit: do not edit, run `python docs/make_messages.py`. -->

# Messages

Every refusal has a code that does not change; a word behind the code tells its causes apart. After
a refusal the exit code is 2, and nothing has been written.
([`VT073/not-restored`](#vt073-not-restored) and what `vtsplit recover` could not do have exit code
3, see [writing.md](writing.md).) The message itself names file, line and column, and shows the
line. `vtsplit explain VT044` shows an example of each cause, and `vtsplit explain VT044/made-name`
shows one of them; on this page that is `#vt044-made-name`. Codes that begin with L are findings of
[`vtsplit lint`](lint.md); with a finding its exit code is 1.
"""


def page() -> str:
    """Return the page: each stage, its codes, and for each rule why it refuses and what to do."""
    blocks = [_HEAD]
    for stage, rules in STAGES.items():
        blocks.append(f"## {stage}\n")
        for code, same in groupby(rules, lambda rule: rule.code):
            blocks.append("\n".join(_of_code(code, list(same))) + "\n")
    return "\n".join(blocks)


def anchor(rule: Rule) -> str:
    """Return where the page has a cause: the site and GitHub make the same of its headline."""
    return f"{rule.code}-{rule.slug}".lower()


def _of_code(code: str, rules: list[Rule]) -> Iterator[str]:
    if len(rules) == 1:
        rule = rules[0]
        # The headline has the title, so that the site makes another anchor of it.
        places = f'<a id="{code.lower()}"></a><a id="{anchor(rule)}"></a>'
        yield f"### {places}{code}: {rule.title}\n\n{rule.why} *To do:* {rule.advice}"
        return
    yield f"### {code}"
    for rule in rules:
        yield f"\n#### {code} {rule.slug}\n"
        yield f"**{_sentence(rule.title)}** {rule.why} *To do:* {rule.advice}"


def _sentence(title: str) -> str:
    first = title[0] if title.startswith("vtsplit ") else title[0].upper()
    return f"{first}{title[1:]}."


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
