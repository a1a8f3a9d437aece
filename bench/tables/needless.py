"""Includes of made mains that nothing needs: each is taken out, and the compiler asked.

Where main compiles without one all the same, main may name what that header itself declares (and
get it by another header's way, in this configuration), or a header behind it may. What is neither
is told.
"""

import re
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, partial
from itertools import islice
from os import sched_getaffinity
from pathlib import Path
from posixpath import basename

from kernel.builds import ALLMOD, make, plain_environment
from tables.draw import Table, draw
from tables.glance import check, read_commands
from tables.judge import disjoint
from tables.runs import Draw, tables_of
from tables.trial import Trial, try_tables
from tables.workshop import Workshop, open_workshop
from vtsplit.cst.parser import parse_module
from vtsplit.survey.cfile.definitions import Definitions

_INCLUDE = re.compile(r'^#include ([<"])([^>"\n]+)[>"]\n', re.MULTILINE)
_NOISE = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', re.DOTALL)
_MACRO = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)", re.MULTILINE)
_WORD = re.compile(r"[A-Za-z_]\w*")


class Why(StrEnum):
    """Why an include of main is there."""

    COMPILES_NOT = "main does not compile without it"
    MAIN_NAMES = "main names what the header declares"
    MAIN_NAMES_DEEPER = "main names what it alone brings"
    HEADER_NAMES = "a header behind it names what the header declares"
    NOTHING = "nothing needs it"


@dataclass(frozen=True)
class Seen:
    """An include of the main that a table's split makes, and why it is there."""

    table: Table
    include: str
    why: Why


def needless(wanted: Draw) -> Iterator[Seen]:
    """Yield all includes, but for the split's header, of the mains of a draw that are compiled.

    Where the source does not compile, as it is for another architecture, the compiler cannot say
    what its main needs.
    """
    with open_workshop(wanted.version) as shop:
        some = list(islice(draw(tables_of(wanted.version), wanted.seed), 3 * wanted.count))
        asked = ("-n", "-k", "V=1", *sorted({table.object for table in some}))
        commands = read_commands(make(shop.before, ALLMOD, *asked).stdout)
        compiled = (t for t in some if t.path in commands and _compiles(shop.before, commands, t))
        chosen = sorted(islice(compiled, wanted.count), key=str)
        pending = [t for t in try_tables(shop.pristine, chosen) if t.result and not t.fault]
        with ThreadPoolExecutor(len(sched_getaffinity(0))) as pool:
            while pending:
                together, pending = disjoint(pending)
                with shop.written([trial.changes for trial in together]):
                    for found in pool.map(partial(_of_trial, shop, commands), together):
                        yield from found


def _compiles(tree: Path, commands: dict[str, list[str]], table: Table) -> bool:
    return check(tree, commands[table.path], table.path)[0]


def _of_trial(shop: Workshop, commands: dict[str, list[str]], trial: Trial) -> list[Seen]:
    assert trial.result is not None
    plan = trial.result.plan
    command = commands[trial.table.path]
    main = shop.after / plan.main.path
    if (shop.before / plan.main.path).exists() or not check(shop.after, command, plan.main.path)[0]:
        return []
    text = main.read_text()
    own = basename(plan.header.path)
    found = []
    for include in _INCLUDE.finditer(text):
        if basename(include[2]) == own:
            continue
        main.write_text(text[: include.start()] + text[include.end() :])
        compiled, said = check(shop.after, command, plan.main.path)
        why = Why.COMPILES_NOT
        if compiled and not said:
            why = _why(shop.after, command, text, include, own)
        found.append(Seen(trial.table, include[2], why))
    main.write_text(text)
    return found


def _why(tree: Path, command: list[str], text: str, include: re.Match[str], own: str) -> Why:
    path = _resolve(tree, command, include)
    if path is None:
        return Why.NOTHING
    used = _words(_INCLUDE.sub("", text))
    if _declared(path) & used:
        return Why.MAIN_NAMES
    others = [o for o in _INCLUDE.finditer(text) if o[2] != include[2] and basename(o[2]) != own]
    elsewhere = {one for other in others for one in _reached(tree, command, other)}
    brought = _reached(tree, command, include) - elsewhere
    if any(_declared(one) & used for one in brought):
        return Why.MAIN_NAMES_DEEPER
    behind = [o for o in others if o.start() > include.start()]
    words = [_words(one.read_text(errors="replace")) for one in _paths(tree, command, behind)]
    if any(_declared(one) & each for one in {path, *brought} for each in words):
        return Why.HEADER_NAMES
    return Why.NOTHING


def _paths(tree: Path, command: list[str], includes: list[re.Match[str]]) -> list[Path]:
    found = (_resolve(tree, command, one) for one in includes)
    return [path for path in found if path is not None]


@cache
def _declared(path: Path) -> frozenset[str]:
    text = path.read_text(errors="replace")
    names = (name.rpartition(" ")[2] for name in Definitions(parse_module(text)).by_name)
    return frozenset([*names, *_MACRO.findall(text)])  # some stand within an enumeration


def _reached(tree: Path, command: list[str], include: re.Match[str]) -> set[Path]:
    """Return the headers that come with an include by itself, as the compiler says."""
    words = [word for word in command[: command.index("-o")] if word != "-c"]
    words += ["-iquote", str(Path(command[-1]).parent)]  # it reads from a pipe, and not there
    kept = [word for word in words if not word.startswith("-Wp,-MMD")]
    said = subprocess.run(
        [*kept, "-E", "-H", "-x", "c", "-"],
        cwd=tree,
        env=plain_environment(),
        input=include[0],
        capture_output=True,
        text=True,
        check=False,
    ).stderr
    forced = re.findall(r"-include (\S+)", " ".join(command))
    paths: set[str] = set(re.findall(r"^\.+ (\S+)$", said, re.MULTILINE))
    return {tree / path for path in paths if path not in forced}


def _resolve(tree: Path, command: list[str], include: re.Match[str]) -> Path | None:
    flags = [word[2:] for word in command if word.startswith("-I")]
    near = [str(Path(command[-1]).parent)] if include[1] == '"' else []
    return next((p for f in [*near, *flags] if (p := tree / f / include[2]).is_file()), None)


def _words(text: str) -> set[str]:
    return set(_WORD.findall(_NOISE.sub(" ", text)))
