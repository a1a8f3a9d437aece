"""A userspace tree from Debian: e2fsprogs, fetched, configured and built once a machine."""

import shutil
import subprocess
from pathlib import Path

from .cache import UnavailableError, digest, fill_once, find_cache, need_programs

PACKAGE = "e2fsprogs"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
CONFIGURE = ("./configure", "-q", "--disable-nls", "--disable-fuse2fs", "--disable-libinih")


def fetch() -> Path:
    """Return the unpacked source. apt's own files stay in the cache; the machine's are only read.

    Raises UnavailableError where there is no apt, or the archive cannot be reached.
    """
    need_programs(["apt-get", "dpkg-source", "gcc", "make"])
    if not KEYRING.is_file():
        raise UnavailableError(f"no {KEYRING}: the archive's signatures cannot be checked")
    archive = find_archive()
    source = find_cache() / f"{PACKAGE}-source-{digest(archive)}"
    with fill_once(source) as part:
        if part is not None:
            _download(part, archive)
            [description] = part.glob("*.dsc")
            unpack = ["dpkg-source", "--no-check", "-x", description.name, "tree"]
            subprocess.run(unpack, cwd=part, check=True, capture_output=True)
            # quilt's copies of what Debian's patches changed are no part of the tree.
            shutil.rmtree(part / "tree/.pc", ignore_errors=True)
    return source / "tree"


def find_archive() -> str:
    """Return address and release of the archive that this machine's packages come from."""
    command = ["apt-get", "indextargets", "--format", "$(SITE) $(RELEASE)", "Created-By: Packages"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for line in listed.splitlines():
        site, _, release = line.partition(" ")
        # Security updates and backports have archives or releases of their own.
        if site.rstrip("/").endswith("/debian") and "-" not in release:
            return line
    raise UnavailableError("apt knows no archive of Debian")


def _download(folder: Path, archive: str) -> None:
    apt = folder / "apt"
    for name in ("lists/partial", "cache/archives/partial"):
        (apt / name).mkdir(parents=True)
    (apt / "sources.list").write_text(f"deb-src [signed-by={KEYRING}] {archive} main\n")
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
