"""What is built to be installed: nothing is missing in it, nothing is there in vain."""

import email
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

import pytest

import vtsplit

ROOT = Path(__file__).parents[2]
MADE = (".git", *(line.strip("/") for line in (ROOT / ".gitignore").read_text().split()))
SMALL = 2_000_000  # bytes

pytestmark = pytest.mark.slow


def is_made(path: str) -> bool:
    return any(fnmatch(part, pattern) for part in PurePosixPath(path).parts for pattern in MADE)


def project_files() -> set[str]:
    """Return all files of the project, without what tools leave in its folder."""
    found = set[str]()
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if not is_made(name)]
        paths = ((Path(folder) / name).relative_to(ROOT).as_posix() for name in names)
        found.update(path for path in paths if not is_made(path) and not path.endswith(".pyc"))
    return found


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the project: a build leaves files where it reads."""
    folder = tmp_path_factory.mktemp("package") / "project"
    for path in project_files():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, folder / path)
    return folder


@pytest.fixture(scope="module")
def built(copy: Path) -> Iterator[Path]:
    """Build both, the wheel from the source distribution."""
    to = copy.with_name("dist")
    command = [sys.executable, "-m", "build", "--outdir", str(to), str(copy)]
    run = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "Deprecat" not in run.stdout + run.stderr
    yield to
    shutil.rmtree(to)


def test_the_wheel_has_each_module_and_data_file(built: Path) -> None:
    (path,) = built.glob("*.whl")
    with zipfile.ZipFile(path) as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}
        licence = wheel.read(f"vtsplit-{vtsplit.__version__}.dist-info/licenses/LICENSE")
    assert names == {
        name.removeprefix("src/") for name in project_files() if name.startswith("src/")
    }
    assert licence == (ROOT / "LICENSE").read_bytes()
    assert path.stat().st_size < SMALL


def test_the_source_distribution_has_each_file(built: Path) -> None:
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        members = [one for one in archive.getmembers() if not one.isdir()]
    names = {one.name.partition("/")[2] for one in members}
    names = {name for name in names if not is_made(name)}
    assert names == project_files() | {"PKG-INFO", "setup.cfg"}
    assert path.stat().st_size < SMALL


def test_the_metadata_says_what_the_program_says(built: Path) -> None:
    (path,) = built.glob("*.whl")
    with zipfile.ZipFile(path) as wheel:
        text = wheel.read(f"vtsplit-{vtsplit.__version__}.dist-info/METADATA")
    metadata = email.message_from_bytes(text)
    assert metadata["Version"] == vtsplit.__version__
    assert metadata["License-Expression"] == "GPL-2.0-only"
    assert not [one for one in metadata.get_all("Classifier", []) if one.startswith("License")]


def test_the_changelog_has_the_version() -> None:
    assert f"\n## [{vtsplit.__version__}]" in (ROOT / "CHANGELOG.md").read_text()
