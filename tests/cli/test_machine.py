"""What programs read: JSON of one shape for all commands, lint's formats, and the schemas."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result

import make_schema
import vtsplit
from repositories import git, repository
from trees import SPEC, small_tree, write
from vtsplit.cli import main
from vtsplit.cli.machine.envelope import SCHEMA, Report
from vtsplit.cli.machine.explain import ExplainReport
from vtsplit.cli.machine.init import InitReport
from vtsplit.cli.machine.lint import LintReport
from vtsplit.cli.machine.page import PageReport
from vtsplit.cli.machine.recover import RecoverReport
from vtsplit.cli.machine.scan import ScanReport
from vtsplit.cli.machine.schemas import SCHEMAS
from vtsplit.cli.machine.series import SeriesReport
from vtsplit.cli.machine.split import SplitReport
from vtsplit.cli.machine.verify import VerifyReport
from vtsplit.registry import RULES
from vtsplit.spec import document
from vtsplit.spec.presets import names

ROOT = Path(__file__).parents[2]
REPORTS: dict[str, type[Report]] = {
    "split": SplitReport,
    "lint": LintReport,
    "verify": VerifyReport,
    "scan": ScanReport,
    "series": SeriesReport,
    "report": PageReport,
    "init": InitReport,
    "recover": RecoverReport,
    "explain": ExplainReport,
}
KINDS = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "null": type(None),
}
HEAD = ["schema", "tool", "version", "command", "spec", "base", "verdict", "problems"]


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(main, arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return repository(tmp_path / "tree")


def told(name: str, *arguments: str) -> dict[str, Any]:
    """Return what a command says; it must be as its class and its schema have it."""
    text = run(name, "--json", *arguments).stdout
    msgspec.json.decode(text, type=REPORTS[name], strict=True)
    value: dict[str, Any] = json.loads(text)
    schema = json.loads(make_schema.file_of(name).read_bytes())
    assert not list(faults(value, schema, schema["$defs"]))
    assert list(value)[: len(HEAD)] == HEAD
    assert (value["schema"], value["tool"], value["command"]) == (SCHEMA, "vtsplit", name)
    assert value["version"] == vtsplit.__version__
    return value


def test_the_verdicts_of_a_split(root: Path) -> None:
    assert told("split", str(root))["verdict"] == "would-change"
    assert told("split", str(root), "--write")["verdict"] == "written"
    assert told("split", str(root))["verdict"] == "nothing-to-do"
    (root / "drv/foo.c").unlink()
    refused = told("split", str(root))
    assert (refused["verdict"], refused["steps"]) == ("refused", [])
    assert refused["problems"][0]["code"] == "VT010"


def test_spec_and_base(root: Path, tmp_path: Path) -> None:
    text = (root / "vtsplit.toml").read_bytes()
    commit = git(root, "rev-parse", "HEAD")
    spec = {"name": str(root / "vtsplit.toml"), "sha256": hashlib.sha256(text).hexdigest()}
    for name in ("split", "lint"):
        value = told(name, str(root))
        assert (value["spec"], value["base"]) == (spec, commit)
        write(root)
    assert told("scan", str(root))["base"] == commit
    assert told("scan", str(root))["spec"] is None
    bare = small_tree(tmp_path / "bare", {"vtsplit.toml": None})
    assert told("split", str(bare))["spec"] is None
    assert told("split", str(bare), "--table", "drv/foo.c:foo_ops")["base"] is None


def test_the_verdicts_of_lint(root: Path) -> None:
    assert told("lint", str(root))["verdict"] == "refused"
    write(root)
    assert told("lint", str(root))["verdict"] == "clean"
    spoil(root)
    value = told("lint", str(root))
    assert (value["verdict"], value["findings"][0]["code"]) == ("findings", "L001")


def test_the_verdicts_of_verify(root: Path, tmp_path: Path) -> None:
    after = write(small_tree(tmp_path / "after"))
    value = told("verify", str(root), str(after))
    assert (value["verdict"], value["outcome"], len(value["weaker"])) == ("proved", "proved", 1)
    assert value["base"] == git(root, "rev-parse", "HEAD")
    value = told("verify", "--require-build", str(root), str(after))
    assert (value["verdict"], value["problems"][0]["code"]) == ("unknown", "VT317")
    (after / "drv/other.c").write_text("long other;\n")
    value = told("verify", str(root), str(after))
    assert value["verdict"] == value["outcome"] == "differs"
    assert value["differences"]
    value = told("verify", str(root), str(tmp_path / "none"))
    assert (value["verdict"], value["problems"][0]["code"]) == ("refused", "VT014")


@pytest.mark.slow
def test_the_verdicts_of_a_range(root: Path) -> None:
    git(root, "tag", "base")
    assert run("series", str(root), "--commit").exit_code == 0
    value = told("verify", "--range", "base..", str(root))
    assert (value["verdict"], value["outcome"], len(value["weaker"])) == ("proved", "proved", 1)
    commits = value["commits"]
    log = git(root, "log", "--reverse", "--format=%H %P %s", "base..").split("\n")
    assert [f"{one['commit']} {one['base']} {one['subject']}" for one in commits] == log
    assert {one["verdict"] for one in commits} == {"proved"}
    assert value["files"] == sum(one["files"] for one in commits)
    (root / "drv/other.c").write_text("long other;\n")
    git(root, "commit", "--quiet", "--all", "--message", "other: Widen")
    differing = run("verify", "--json", "--range", "base..", str(root))
    assert (differing.exit_code, differing.stderr) == (1, "")
    value = told("verify", "--range", "base..", str(root))
    assert (value["verdict"], value["differences"]) == ("differs", [])
    assert [bool(one["differences"]) for one in value["commits"]] == [*map(bool, [0] * len(log)), 1]
    value = told("verify", "--range", "base..", "--require-build", str(root))
    assert {one["code"] for one in value["problems"]} == {"VT317"}
    refused = told("verify", "--range", "base..nowhere", str(root))
    assert (refused["verdict"], refused["commits"]) == ("refused", [])
    assert refused["problems"][0]["code"] == "VT409"


@pytest.mark.slow
def test_the_verdicts_of_a_report(root: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    value = told("report", str(root), "-o", str(page))
    assert (value["verdict"], value["output"]) == ("written", str(page))
    assert value["proof"]["state"] == "none"
    assert "drv/main.c" in value["sections"][0]["files"]
    assert page.read_text().count('class="piece') >= value["pieces"] > 0
    git(root, "tag", "base")
    assert run("series", str(root), "--commit").exit_code == 0
    value = told("report", str(root), "-o", str(page), "--range", "base..", "--verify")
    assert (value["spec"], value["proof"]["state"]) == (None, "weaker")
    count = int(git(root, "rev-list", "--count", "base.."))
    assert len(value["sections"]) == count
    page.write_text("mine")
    refused = told("report", str(root), "-o", str(page))
    assert (refused["verdict"], refused["proof"]) == ("refused", None)
    assert refused["problems"][0]["code"] == "VT008"
    both = run("report", str(root), "--json", "-o", "-")
    assert (both.exit_code, both.stdout) == (2, "")


def test_the_page_of_json_has_every_command_and_verdict() -> None:
    text = (ROOT / "docs/json.md").read_text()
    assert set(REPORTS) == set(SCHEMAS) - {"spec"}
    told_of = [line for line in text.split("\n") if line.startswith("|")]
    for name in REPORTS:
        assert f"- [{name}.schema.json]({name}.schema.json): " in text
        kind = json.loads(SCHEMAS[name]())["$defs"][REPORTS[name].__name__]
        rows = [line for line in told_of if f"`{name}`" in line.split("|")[1] or "| all |" in line]
        for verdict in kind["properties"]["verdict"]["enum"]:
            assert any(f"`{verdict}`" in row for row in rows), f"{name}: {verdict}"


def test_the_verdicts_of_a_scan(root: Path) -> None:
    value = told("scan", str(root), "--least", "2")
    assert (value["verdict"], value["files"]) == ("done", 2)
    assert [one["table"] for one in value["tables"]] == ["foo_ops"]
    value = told("scan", str(root / "none"))
    assert (value["verdict"], value["tables"]) == ("refused", [])
    assert value["problems"][0]["code"] == "VT010"


@pytest.mark.slow
def test_the_verdicts_of_a_series(root: Path, tmp_path: Path) -> None:
    value = told("series", str(root), "-o", str(tmp_path / "out"))
    assert (value["verdict"], value["output"]) == ("written", str(tmp_path / "out"))
    assert len(value["patches"]) == len(list((tmp_path / "out").iterdir())) - 1
    assert "drv/main.c" in {one["path"] for one in value["patches"][-1]["changes"]}
    refused = told("series", str(root), "-o", str(tmp_path / "out"))
    assert (refused["verdict"], refused["problems"][0]["code"]) == ("refused", "VT406")
    value = told("series", str(root), "--commit")
    assert (value["verdict"], value["output"]) == ("committed", None)
    assert value["patches"]
    assert told("series", str(root), "--commit")["verdict"] == "nothing-to-do"


def test_the_verdicts_of_init(root: Path, tmp_path: Path) -> None:
    text = run("init", str(root), "drv/foo.c:foo_ops").stdout
    value = told("init", str(root), "drv/foo.c:foo_ops")
    assert (value["verdict"], value["text"], value["obstacles"]) == ("proposed", text, [])
    value = told("init", str(root), "drv/foo.c:foo_ops", "-o", str(tmp_path / "x.toml"))
    assert (value["verdict"], value["output"]) == ("written", str(tmp_path / "x.toml"))
    assert (tmp_path / "x.toml").read_text() == value["text"]
    assert told("init", str(root), "drv/foo.c:none")["verdict"] == "refused"


def test_the_verdicts_of_recover(root: Path) -> None:
    assert told("recover", str(root))["verdict"] == "nothing-to-do"
    value = told("recover", str(root / "none"))
    assert (value["verdict"], value["problems"][0]["code"]) == ("refused", "VT014")


def test_rules_as_json() -> None:
    (rule,) = told("explain", "VT317")["rules"]
    assert (rule["code"], rule["slug"]) == ("VT317", "weaker")
    assert len(told("explain")["rules"]) == len(RULES)


# ---- lint ----------------------------------------------------------------------------------------


def spoil(root: Path) -> None:
    header = root / "drv/foo_ops.h"
    header.write_text(header.read_text().replace("#endif", "int foo_gone(void);\n#endif"))


@pytest.fixture
def faulty(root: Path) -> Path:
    """A tree with a finding, L001 in drv/foo_ops.h."""
    write(root)
    spoil(root)
    return root


def test_text_is_the_default(faulty: Path) -> None:
    usual, named = run("lint", str(faulty)), run("lint", str(faulty), "--output-format=text")
    assert (named.stdout, named.exit_code) == (usual.stdout, 1)
    as_json = run("lint", str(faulty), "--output-format", "json").stdout
    assert as_json == run("lint", str(faulty), "--json").stdout


def test_annotations_for_github(faulty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line = run("lint", str(faulty), "-q").stdout.split(":")[1]
    monkeypatch.chdir(faulty.parent)
    said = run("lint", "tree", "--output-format=github", "-q")
    assert (said.exit_code, said.stderr) == (1, "")
    assert re.fullmatch(
        rf"::error file=tree/drv/foo_ops.h,line={line},col=5,title=L001/[\w-]+::"
        r"'foo_gone' is declared, but nothing defines it and nothing uses it\n",
        said.stdout,
    )
    faulty.rename(faulty.parent / "a,b:%")
    said = run("lint", "a,b:%", "--output-format=github", "-q")
    assert "file=a%2Cb%3A%25/drv/foo_ops.h," in said.stdout
    (faulty.parent / "a,b:%/vtsplit.toml").write_text("[split]\n100 = '%'\n")
    said = run("lint", "a,b:%", "--output-format=github", "-q")
    assert said.exit_code == 2
    assert said.stdout.startswith("::error file=a%2Cb%3A%25/vtsplit.toml,line=1,")


def test_a_refusal_for_github(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    said = run("lint", "--output-format=github")
    assert said.exit_code == 2
    assert said.stdout.startswith("::error file=")
    assert ",title=VT085/" in said.stdout


@pytest.mark.parametrize(
    ("arguments", "file"),
    [
        (["none"], "none"),
        (["./none"], "none"),
        (["tree/../none"], "none"),
        (["none/below"], "none/below"),
        (["{here}/none"], "none"),
        (["tree/vtsplit.toml"], "tree/vtsplit.toml"),
        (["tree", "--spec", "none.toml"], "none.toml"),
        (["tree", "--spec", "{here}/none.toml"], "none.toml"),
        (["tree", "--spec", "vtsplit.toml"], "vtsplit.toml"),  # the tree has another
        (["tree", "--spec", "tree/../vtsplit.toml"], "vtsplit.toml"),
        (["tree", "--spec", "-"], None),
        (["tree"], "tree/drv/foo_ops.h"),
        (["{here}/tree"], "tree/drv/foo_ops.h"),
        (["-C", "tree", "."], "drv/foo_ops.h"),
        (["-C", "tree", "none"], "none"),
        (["-C", "tree", "../none"], "../none"),
        (["tree", "--preset", "kvm-vt"], "tree/arch/x86/kvm/vmx/vmx.c"),
    ],
)
def test_the_file_of_a_refusal(
    root: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], file: str | None
) -> None:
    """It is seen from here: a path of the tree, the tree itself or a spec that is named."""
    (root.parent / "vtsplit.toml").write_text("x = [\n")
    (root.parent / "drv").mkdir()
    (root.parent / "drv/foo_ops.h").write_text("/* of another tree */\n")
    monkeypatch.chdir(root.parent)
    words = [word.format(here=root.parent) for word in arguments]
    at = 2 if words[0] == "-C" else 0
    # `-C` changes the folder of this process.
    command = [*words[:at], "lint", *words[at:], "-q", "--output-format"]
    github = CliRunner().invoke(main, [*command, "github"], input="x = [\n").stdout
    monkeypatch.chdir(root.parent)
    sarif = CliRunner().invoke(main, [*command, "sarif"], input="x = [\n").stdout
    found = re.match(r"::error file=([^,]+),", github)
    assert (found[1] if found else None) == file
    (invocation,) = json.loads(sarif)["runs"][0]["invocations"]
    locations = invocation["toolExecutionNotifications"][0].get("locations", [])
    uris = [one["physicalLocation"]["artifactLocation"]["uri"] for one in locations]
    assert uris == ([file] if file else [])


def test_sarif(faulty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line = int(run("lint", str(faulty), "-q").stdout.split(":")[1])
    monkeypatch.chdir(faulty.parent)
    said = run("lint", "tree", "--output-format=sarif", "-q")
    assert (said.exit_code, said.stderr) == (1, "")
    log = json.loads(said.stdout)
    assert log["version"] == "2.1.0"
    (one,) = log["runs"]
    driver = one["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("vtsplit", vtsplit.__version__)
    (rule,) = driver["rules"]
    assert rule["id"].startswith("L001/")
    assert {"shortDescription", "fullDescription", "help"} <= rule.keys()
    (result,) = one["results"]
    assert (result["ruleId"], result["ruleIndex"]) == (rule["id"], 0)
    assert result["level"] in {"none", "note", "warning", "error"}
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "tree/drv/foo_ops.h"
    assert place["region"] == {"startLine": line, "startColumn": 5}
    assert one["invocations"] == [{"executionSuccessful": True}]


def test_sarif_of_a_tree_without_findings_and_of_a_refusal(root: Path) -> None:
    refused = json.loads(run("lint", str(root), "--output-format=sarif").stdout)["runs"][0]
    (invocation,) = refused["invocations"]
    assert (invocation["executionSuccessful"], refused["results"]) == (False, [])
    (rule,) = refused["tool"]["driver"]["notifications"]
    assert refused["tool"]["driver"]["rules"] == []  # GitHub refuses a log that lacks them
    for one in invocation["toolExecutionNotifications"]:
        assert one["descriptor"]["id"] == rule["id"]
    assert rule["id"].startswith("VT085/")
    write(root)
    clean = run("lint", str(root), "--output-format=sarif")
    assert (clean.exit_code, json.loads(clean.stdout)["runs"][0]["results"]) == (0, [])


@pytest.mark.parametrize(
    "options",
    [
        ["--output-format=sarif", "--json"],
        ["--output-format=github", "--fix"],
        ["--output-format=json", "--fix"],
        ["--output-format=xml"],
    ],
)
def test_formats_that_cannot_be(root: Path, options: list[str]) -> None:
    result = run("lint", str(root), *options)
    assert (result.exit_code, result.stdout) == (2, "")


# ---- schemas -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(SCHEMAS))
def test_schemas_are_up_to_date(name: str) -> None:
    wanted = SCHEMAS[name]()
    assert make_schema.file_of(name).read_bytes() == wanted, "run: python docs/make_schema.py"
    assert run("schema", name).stdout_bytes == wanted


def test_the_schema_of_the_spec_has_what_an_editor_shows() -> None:
    schema = json.loads(SCHEMAS["spec"]())
    assert '"null"' not in SCHEMAS["spec"]().decode()
    split = schema["$defs"]["Split"]
    assert set(split["properties"]) >= {"source", "object-list", "export"}
    assert split["additionalProperties"] is False
    assert split["properties"]["source"]["description"] == "the file that has the tables now"
    assert split["properties"]["export"]["enum"] == ["plain", "gpl"]
    assert schema["$defs"]["Dispatch"]["properties"]["style"]["enum"] == ["macros", "stubs"]
    assert schema["$defs"]["Policy"]["properties"]["only"]["enum"] == ["first", "second"]


def test_the_schema_of_the_spec_names_every_key() -> None:
    """The keys are those that the classes have, however deep."""
    schema = json.loads(SCHEMAS["spec"]())
    for name, kind in schema["$defs"].items():
        for module in ("document", "dispatch", "kconfig", "posting"):
            found = getattr(__import__(f"vtsplit.spec.{module}", fromlist=["x"]), name, None)
            if found is not None:
                assert set(kind["properties"]) == set(found.__struct_encode_fields__)
                break
        else:
            pytest.fail(name)


@pytest.mark.parametrize("preset", names())
def test_presets_have_only_keys_of_the_schema(preset: str) -> None:
    import tomllib

    path = Path(document.__file__).parent / f"presets/{preset}.toml"
    schema = json.loads(SCHEMAS["spec"]())
    assert not list(faults(tomllib.loads(path.read_text()), schema, schema["$defs"]))


def test_a_wrong_key_is_a_fault_by_the_schema() -> None:
    schema = json.loads(SCHEMAS["spec"]())
    assert list(faults({"split": {"sauce": 1}, "tables": {}}, schema, schema["$defs"]))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "is_valid"),
    [
        ('preset = "kvm-tdx"\n[series]\nprefix = "a:"\n', True),
        ('preset = "kvm-tdx"\n[split]\nprefix = "a_"\n', True),
        (SPEC, True),
        ('[series]\nprefix = "a:"\n', False),
        (SPEC.replace('main = "drv/main.c"\n', ""), False),
        (SPEC + '[dispatch]\nprefix = "b_"\n', False),
    ],
)
def test_only_a_spec_upon_a_preset_may_leave_out_keys(text: str, is_valid: bool) -> None:
    import tomllib

    schema = json.loads(SCHEMAS["spec"]())
    found = list(faults(tomllib.loads(text), schema, schema["$defs"]))
    assert (not found) is is_valid


def faults(value: Any, schema: Any, known: Any) -> Any:
    """Yield what is wrong with a value by a schema, as far as these schemas go.

    A key that the schema does not name is a fault: it would not be documented.
    """
    if "$ref" in schema:
        schema = known[schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        if all(list(faults(value, one, known)) for one in schema["anyOf"]):
            yield value
        if "type" not in schema:
            return
    if "enum" in schema and value not in schema["enum"]:
        yield value
    if "type" in schema and not isinstance(value, KINDS[schema["type"]]):
        yield value
    elif isinstance(value, dict):
        is_open = "type" not in schema  # a branch of `anyOf` only asks for some keys
        properties, more = schema.get("properties", {}), schema.get("additionalProperties")
        yield from (key for key in schema.get("required", ()) if key not in value)
        for key, inner in value.items():
            if key in properties or more:
                yield from faults(inner, properties.get(key, more), known)
            elif not is_open:
                yield key
    elif isinstance(value, list):
        for inner in value:
            yield from faults(inner, schema.get("items", {}), known)


@pytest.mark.parametrize("change", [{"more": 1}, {"verdict": "maybe"}, {"files": "2"}])
def test_what_a_schema_does_not_have_is_a_fault(root: Path, change: dict[str, Any]) -> None:
    schema = json.loads(SCHEMAS["scan"]())
    value = told("scan", str(root))
    assert list(faults(value | change, schema, schema["$defs"]))


def test_no_such_schema() -> None:
    assert run("schema", "sauce").exit_code == 2


# ---- pre-commit ----------------------------------------------------------------------------------


def test_hooks_of_pre_commit_run_commands_that_there_are(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (ROOT / ".pre-commit-hooks.yaml").read_text()
    entries = re.findall(r"^  entry: vtsplit (.*)$", text, re.MULTILINE)
    assert len(entries) == text.count("- id: ") == 2
    write(root)
    monkeypatch.chdir(root)  # as pre-commit does
    for entry in entries:
        assert run(*entry.split()).exit_code == 0, entry
    patterns = re.findall(r"^  files: '(.*)'$", text, re.MULTILINE)
    assert all(re.search(one, "drv/foo.c") for one in patterns)
    assert all(re.search(one, "vtsplit.toml") for one in patterns)
    assert not any(re.search(one, "README.md") for one in patterns)
