"""`vtsplit report`: the page is whole, asks nothing of the network, and says what the plan says."""

import re
from html import unescape
from pathlib import Path

import click.testing
import pytest

from dispatch_trees import FUNCTIONS, dispatch_files
from repositories import git, repository, series
from trees import small_tree
from vtsplit.cli import main

pytestmark = pytest.mark.slow

SAMPLE = Path(__file__).parents[2] / "samples/mini-kvm"


def report(*arguments: object) -> click.testing.Result:
    """Run `vtsplit report` in this process. A traceback fails the test that asked."""
    result = click.testing.CliRunner().invoke(main, ["report", *map(str, arguments)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    target = tmp_path_factory.mktemp("page") / "page.html"
    result = report(SAMPLE, "-o", target)
    assert (result.exit_code, result.stdout) == (0, ""), result.stderr
    return target.read_text()


def text_of(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html))


def test_it_asks_nothing_of_the_network(page: str) -> None:
    assert not re.findall(r"""(?:src|href)=["'](?!#)""", page)
    assert not re.findall(r"url\(|@import|https?://|fetch\(|XMLHttp", page)
    assert "default-src 'none'" in unescape(page)


def test_links_lead_to_places_of_the_page(page: str) -> None:
    targets = set(re.findall(r'href="#([^"]*)"', page))
    ids = re.findall(r' id="([^"]*)"', page)
    assert len(targets) > 100
    assert targets <= set(ids)
    assert len(ids) == len(set(ids))


def test_the_diff_is_that_of_split(page: str) -> None:
    patch = click.testing.CliRunner().invoke(main, ["split", str(SAMPLE)]).stdout
    wanted = [line for line in patch.split("\n") if line[:1] in {"+", "-"}]
    wanted = [line for line in wanted if not line.startswith(("+++", "---"))]
    diff = page[page.index('<section id="split"') : page.index('<section id="notes"')]
    cells = re.findall(r'data-sign="([+ -])">(.*?)</td>', diff, re.DOTALL)
    assert [sign + text_of(code) for sign, code in cells if sign != " "] == wanted


def test_an_op_has_policy_condition_functions_wrapper_and_prototypes(page: str) -> None:
    start = page.index(">vcpu_create</button>")
    row = page[start : page.index("</tbody>", start)]
    words = text_of(row)
    for part in (
        "one or the other",
        "is_td_vcpu(vcpu)",
        "vmx_vcpu_create",
        "static int vt_vcpu_create(struct kvm_vcpu *vcpu)",
        "int tdx_vcpu_create(struct kvm_vcpu *vcpu);",
    ):
        assert part in words, part
    # The line leads to the piece that has the wrapper.
    piece = re.findall(r'href="#(p[^"]*)"', row)[0]
    shown = page[page.index(f'id="{piece}"') :]
    assert "vt_vcpu_create" in shown[: shown.index("</table>")]


def test_spec_and_ops_are_linked_both_ways(page: str) -> None:
    start = page.index('<section id="spec"')
    line = next(row for row in page[start:].split("\n") if "[op.hardware_enable]" in text_of(row))
    number = re.findall(r'id="(spec\d+)"', line)[0]
    op = re.findall(r'href="#(op\d+)"', line)[0]
    row = page[page.index(f'<tbody id="{op}"') :]
    assert f'href="#{number}"' in row[: row.index("</tbody>")]


def test_names_and_tables(page: str) -> None:
    words = text_of(page)
    assert "vmx_create_vcpu → vmx_vcpu_create, 9 places" in words
    assert "vmx_x86_ops in vmx/vmx.c → vt_x86_ops in vmx/main.c, 47 entries, 42 before" in words


def test_lines_that_move_say_where_they_were(page: str) -> None:
    moved = re.findall(r'<tr class="add moved" title="from ([^"]*)">', page)
    assert moved
    assert {where.split(":")[0] for where in moved} == {"vmx/vmx.c"}


def test_without_verify_the_page_says_that_nothing_is_proved(page: str) -> None:
    assert "not proved" in text_of(page)


def test_the_proof_and_its_strength(tmp_path: Path) -> None:
    target = tmp_path / "page.html"
    result = report(SAMPLE, "-o", target, "--verify")
    assert result.exit_code == 0, result.stderr
    words = text_of(target.read_text())
    assert "proved by texts alone: the same program" in words
    assert "no compiler has seen them" in words
    assert "wrappers a compiler has seen0 of 45" in words


def test_names_with_markup_are_shown_as_they_are(tmp_path: Path) -> None:
    tree = small_tree(tmp_path / "tree")
    source = tree / "drv/foo.c"
    evil = '<script>alert(1)</script><img src=x onerror="alert(2)">'
    source.write_text(source.read_text().replace("\n", f"\n/* {evil} \u202e*/\n", 1))
    target = tmp_path / "page.html"
    assert report(tree, "-o", target).exit_code == 0
    html = target.read_text()
    assert "<script>alert" not in html
    assert "<img" not in html
    assert "\u202e" not in html


def test_a_file_that_is_no_page_is_left_alone(tmp_path: Path) -> None:
    target = tmp_path / "notes.html"
    target.write_text("mine\n")
    result = report(SAMPLE, "-o", target)
    assert result.exit_code == 2
    assert "VT008" in result.stderr
    assert target.read_text() == "mine\n"


def test_an_older_page_is_replaced_and_the_same_bytes_come(tmp_path: Path) -> None:
    target = tmp_path / "page.html"
    assert report(SAMPLE, "-o", target).exit_code == 0
    first = target.read_bytes()
    assert report(SAMPLE, "-o", target).exit_code == 0
    assert target.read_bytes() == first
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


@pytest.mark.parametrize("name", ["missing/page.html", ".", "/dev/full"])
def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path, name: str) -> None:
    result = report(SAMPLE, "-o", tmp_path / name)
    assert result.exit_code == 2
    assert "VT008" in result.stderr


def test_a_refused_split_writes_no_page(tmp_path: Path) -> None:
    tree = small_tree(tmp_path / "tree")
    (tree / "drv/foo.c").write_text("#ifdef A\n")
    result = report(tree, "-o", tmp_path / "page.html")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "nothing was written" in result.stderr
    assert not (tmp_path / "page.html").exists()


def test_nothing_to_do(tmp_path: Path) -> None:
    tree = small_tree(tmp_path / "tree")
    assert click.testing.CliRunner().invoke(main, ["split", str(tree), "--write"]).exit_code == 0
    target = tmp_path / "page.html"
    assert report(tree, "-o", target).exit_code == 0
    assert "nothing to do" in text_of(target.read_text())


def test_commits_of_a_range(tmp_path: Path) -> None:
    tree = repository(tmp_path / "tree")
    base = git(tree, "rev-parse", "HEAD")
    assert series(tree, "--commit").exit_code == 0
    target = tmp_path / "page.html"
    result = report(tree, "--range", f"{base}..HEAD", "-o", target, "--verify")
    assert result.exit_code == 0, result.stderr
    html = target.read_text()
    count = int(git(tree, "rev-list", "--count", f"{base}..HEAD"))
    assert len(re.findall(r'<section id="commit\d+"', html)) == count > 1
    assert f"{count} commits: {count} proved by texts alone" in text_of(html)
    assert git(tree, "log", "-1", "--format=%s") in text_of(html)
    ids = re.findall(r' id="([^"]*)"', html)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Missing option"),
        (("-o", "x.html", "--range", "a..b", "--preset", "kvm-vt"), "add --verify"),
        (("-o", "x.html", "--build", "out"), "need --verify"),
        (("-o", "x.html", "--range", "nothing..here"), "VT4"),
        (("-o", "x.html", "--range", ""), "VT4"),
        (("-o", "x.html", "--range", "--output=made"), "VT4"),
    ],
)
def test_bad_input(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    tree = repository(tmp_path / "tree")
    result = report(tree, *arguments)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_new_main_with_its_table_is_a_move_that_says_why(tmp_path: Path) -> None:
    tree = small_tree(tmp_path / "tree")
    target = tmp_path / "page.html"
    assert report(tree, "-o", target).exit_code == 0
    html = target.read_text()
    start = html.index("<h3>drv/main.c ")
    piece = html[start : html.index("</div>\n</div>", start)]
    assert 'data-kinds="move ' in piece
    assert "relocate foo_ops -&gt; bar_ops" in piece


def test_each_branch_of_an_if_has_its_entry(tmp_path: Path) -> None:
    files = dispatch_files(
        entries="#ifdef A\n\t.open = foo_open,\n#else\n\t.open = foo_other,\n#endif\n",
        functions=FUNCTIONS + "\nstatic int foo_other(struct unit *unit)\n{\n\treturn 2;\n}\n",
    )
    files["vtsplit.toml"] = files["vtsplit.toml"].partition("[dispatch]")[0]
    target = tmp_path / "page.html"
    result = report(small_tree(tmp_path / "tree", files), "-o", target)
    assert result.exit_code == 0, result.stderr
    words = text_of(target.read_text())
    assert ".openfoo_openfoo_open" in words
    assert ".open (2)foo_otherfoo_other" in words


def test_odd_paths_are_escaped(tmp_path: Path) -> None:
    tree = repository(tmp_path / "tree")
    (tree / "a\u202eb\n.c").write_text("int a;\n")
    git(tree, "add", "--all")
    git(tree, "commit", "--quiet", "--message", "odd")
    target = tmp_path / "page.html"
    assert report(tree, "--range", "HEAD~1..HEAD", "-o", target).exit_code == 0
    assert "<h3>a\\342\\200\\256b\\n.c" in target.read_text()
