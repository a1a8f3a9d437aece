"""A userspace tree from Debian: e2fsprogs, fetched, configured and built once a machine."""

import shutil
import subprocess
from pathlib import Path

from .cache import UnavailableError, digest, fill_once, find_cache, need_programs

PACKAGE = "e2fsprogs"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
SOURCES = "deb-src [signed-by={keyring}] http://deb.debian.org/debian bookworm main\n"
CONFIGURE = ("./configure", "-q", "--disable-nls", "--disable-fuse2fs", "--disable-libinih")


def fetch() -> Path:
    """Return the unpacked source. apt's own files stay in the cache; the machine's are not used.

    Raises UnavailableError where there is no apt, or the archive cannot be reached.
    """
    need_programs(["apt-get", "dpkg-source", "gcc", "make"])
    if not KEYRING.is_file():
        raise UnavailableError(f"no {KEYRING}: the archive's signatures cannot be checked")
    source = find_cache() / f"{PACKAGE}-source-{digest(SOURCES)}"
    with fill_once(source) as part:
        if part is not None:
            _download(part)
            [description] = part.glob("*.dsc")
            unpack = ["dpkg-source", "--no-check", "-x", description.name, "tree"]
            subprocess.run(unpack, cwd=part, check=True, capture_output=True)
            # quilt's copies of what Debian's patches changed are no part of the tree.
            shutil.rmtree(part / "tree/.pc", ignore_errors=True)
    return source / "tree"


def _download(folder: Path) -> None:
    apt = folder / "apt"
    for name in ("lists/partial", "cache/archives/partial"):
        (apt / name).mkdir(parents=True)
    (apt / "sources.list").write_text(SOURCES.format(keyring=KEYRING))
    settings = {
        "Dir::Etc::SourceList": apt / "sources.list",
        "Dir::Etc::SourceParts": "-",
        "Dir::State::Lists": apt / "lists",
        "Dir::Cache": apt / "cache",
        # The user that apt downloads as may not enter the cache.
        "APT::Sandbox::User": "root",
    }
    options = [word for key, value in settings.items() for word in ("-o", f"{key}={value}")]
    for command in (["update"], ["source", "--download-only", PACKAGE]):
        done = subprocess.run(
            ["apt-get", "-q", *options, *command],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise UnavailableError(f"apt-get {command[0]}: {done.stderr.strip()[-300:]}")
    shutil.rmtree(apt)


def build() -> Path:
    """Return the tree configured and built as it is. It is to be copied, not changed."""
    source = fetch()
    home = find_cache() / f"{PACKAGE}-built-{digest(CONFIGURE, source)}"
    with fill_once(home) as part:
        if part is not None:
            tree = part / "tree"
            shutil.copytree(source, tree, symlinks=True)
            subprocess.run(CONFIGURE, cwd=tree, check=True, capture_output=True)
            make(tree)
    return home / "tree"


def make(tree: Path, *goals: str) -> None:
    """Run make as its users do. Its complaints end the test."""
    done = subprocess.run(
        ["make", "-s", "-j2", *goals], cwd=tree, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]


def run_tests(tree: Path, names: tuple[str, ...]) -> dict[str, str]:
    """Run some of the package's own tests; return what it says of each."""
    done = subprocess.run(
        ["make", "-s", "-k", "-j2", *names],
        cwd=tree / "tests",
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [line.partition(": ") for line in done.stdout.splitlines()]
    return {name: rest.rpartition(": ")[2] for name, _, rest in lines if name in names}
