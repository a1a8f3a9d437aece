"""No pattern of the program takes time without end for a text that it does not match."""

import importlib
import pkgutil
import re
import signal
from types import FrameType

import pytest

import vtsplit

# What a pattern may read in front of the part that repeats, and what may repeat.
BEGINNINGS = ["", "#if X\n", "#define A(", "int f(", "(", "[", "{", "struct a ", '"', "a:", "a = "]
REPEATED = [
    *("/* a */", "/* a */\n", "// a\n", "__a", "__a(b)", "a", "_", " ", "\t", "\n", "\\\n", "a b "),
    *("a, ", "a;", "(", "(a)", "[a]", "[", "{", "}", "*", "/", '"a"', "\\", "#if x\n", "0", "0'"),
    *("$(a)", "a.c ", "a\n", "=", "::", "-", "a-"),
]
# Enough that a pattern which doubles its time with each would need hours, and one that is square
# or cubic needs milliseconds.
TIMES = 40


def patterns() -> dict[str, re.Pattern[str] | re.Pattern[bytes]]:
    found = {}
    for module in pkgutil.walk_packages(vtsplit.__path__, "vtsplit."):
        if not module.name.endswith("__main__"):
            for name, value in vars(importlib.import_module(module.name)).items():
                if isinstance(value, re.Pattern):
                    found[f"{module.name.removeprefix('vtsplit.')}.{name}"] = value
    return found


def fail(number: int, frame: FrameType | None) -> None:
    raise TimeoutError


def endless(pattern: "re.Pattern[str] | re.Pattern[bytes]", seconds: float) -> str | None:
    """Return a text for which a pattern takes time without end, or None."""
    before = signal.signal(signal.SIGALRM, fail)
    text = ""
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        for text in (start + part * TIMES + "\0" for start in BEGINNINGS for part in REPEATED):
            if isinstance(pattern.pattern, bytes):
                pattern.search(text.encode())
            else:
                pattern.search(text)
    except TimeoutError:
        return text
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    return None


@pytest.mark.parametrize("text", [r"(?:\s|/\*.*?\*/)*#", r"(?:__\w+)*;", r"#if X\n(?:\s+|a)*b"])
def test_such_a_pattern_is_found(text: str) -> None:
    assert endless(re.compile(text, re.DOTALL), seconds=0.1)


@pytest.mark.slow
def test_no_pattern_is_endless() -> None:
    hung = {name: text for name, one in patterns().items() if (text := endless(one, seconds=5))}
    assert not hung


# Modules whose patterns go through whole files, in which a line may be as long as the file.
OF_FILES = [
    "cst.lexer",
    "cst.parser",
    "survey.headers.header_parts",
    "survey.order.walk",
    "discover.ops_tables",
    "verify.tokens.chunks",
    "verify.tokens.references.assembly",
]


@pytest.mark.slow
@pytest.mark.parametrize("quote", ['"', "'"])
def test_a_literal_that_nothing_ends_is_looked_through_once(quote: str) -> None:
    """Escaped quotes in it begin no literal: to try each would take 20 seconds and more."""
    text = f"x = {quote}" + f"\\{quote}" * 20_000 + "\n"
    before = signal.signal(signal.SIGALRM, fail)
    try:
        signal.setitimer(signal.ITIMER_REAL, 5)
        for name, pattern in patterns().items():
            if name.rpartition(".")[0] in OF_FILES and isinstance(pattern.pattern, str):
                assert len(re.sub(pattern, "", text)) <= len(text), name
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
