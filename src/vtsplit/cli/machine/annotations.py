"""Findings for what shows them beside the code: GitHub's annotations, and SARIF 2.1.0."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from urllib.parse import quote

from vtsplit import __version__
from vtsplit.cli.machine.envelope import encode
from vtsplit.diagnostics import Problem, Site, visible
from vtsplit.lint.findings import Finding
from vtsplit.rule import Rule

_SARIF = "https://json.schemastore.org/sarif-2.1.0.json"
_RESULT_LEVEL = "warning"

# From the path of a message to the file as it is seen from here; None for what is no file.
PathFromHere = Callable[[str], str | None]


def as_github(faults: Iterable[Finding | Problem], seen: PathFromHere) -> str:
    """Return findings, or a refusal, as commands of a GitHub workflow, with paths from here."""
    return "\n".join(_command(one.site, one.rule.name, one.message, seen) for one in faults)


def _command(site: Site | None, title: str, message: str, seen: PathFromHere) -> str:
    values = {}
    file = seen(site.path) if site is not None else None
    if site is not None and file is not None:
        values["file"] = file
        if site.line:
            values |= {"line": str(site.line), "col": str(site.column)}
    values["title"] = title
    shown = ",".join(f"{key}={_property(value)}" for key, value in values.items())
    return f"::error {shown}::{_data(visible(message))}"


def _data(text: str) -> str:
    r"""Escape what ends a command.

    >>> _data("50%\n")
    '50%25%0A'
    """
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(visible(text)).replace(":", "%3A").replace(",", "%2C")


def as_sarif(findings: Sequence[Finding], seen: PathFromHere) -> bytes:
    """Return findings as a log of SARIF."""
    rules = list(dict.fromkeys(finding.rule for finding in findings))
    results = [
        {
            "ruleId": finding.rule.name,
            "ruleIndex": rules.index(finding.rule),
            "level": _RESULT_LEVEL,
            "message": {"text": finding.message},
            # GitHub takes no result without a place, even if its place is in no file.
            "locations": [_location(seen(finding.site.path) or finding.site.path, finding.site)],
        }
        for finding in findings
    ]
    return _log({"rules": rules}, results, {"executionSuccessful": True})


def problems_as_sarif(problems: Sequence[Problem], seen: PathFromHere) -> bytes:
    """Return a refusal as a log of SARIF: the run has failed, and has no results."""
    rules = list(dict.fromkeys(problem.rule for problem in problems))
    told = [
        {
            "level": "error",
            "message": {"text": problem.message},
            "descriptor": {"id": problem.rule.name},
            **_placed(problem.site, seen),
        }
        for problem in problems
    ]
    run = {"executionSuccessful": False, "toolExecutionNotifications": told}
    # GitHub takes no log without rules, even if it has no result.
    return _log({"rules": [], "notifications": rules}, [], run)


def _log(
    rules: Mapping[str, Sequence[Rule]], results: Sequence[object], run: dict[str, object]
) -> bytes:
    driver = {
        "name": "vtsplit",
        "version": __version__,
        "semanticVersion": __version__,
        **{of: [_described(rule) for rule in some] for of, some in rules.items()},
    }
    return encode(
        {
            "$schema": _SARIF,
            "version": "2.1.0",
            "runs": [
                {
                    "tool": {"driver": driver},
                    "invocations": [run],
                    "columnKind": "unicodeCodePoints",
                    "results": list(results),
                }
            ],
        }
    )


def _described(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.name,
        "name": "".join(word.capitalize() for word in rule.slug.split("-")),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {"text": rule.advice},
    }


def _placed(site: Site | None, seen: PathFromHere) -> dict[str, object]:
    """Return the place of a refusal, if it is in a file."""
    file = seen(site.path) if site is not None else None
    return {"locations": [_location(file, site)]} if site is not None and file is not None else {}


def _location(file: str, site: Site) -> dict[str, object]:
    uri = quote(file.encode("utf-8", "surrogateescape"))
    place: dict[str, object] = {"artifactLocation": {"uri": uri, "uriBaseId": "%SRCROOT%"}}
    if site.line:
        place["region"] = {"startLine": site.line, "startColumn": max(site.column, 1)}
    return {"physicalLocation": place}
