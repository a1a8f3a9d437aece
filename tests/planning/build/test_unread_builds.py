"""Build files of languages that are not read: a warning names the line that has the source."""

from pathlib import Path

import pytest

from plain_builds import LINK, plant
from trees import split

MAKEFILE = {"Makefile": f"prog: prog.o foo.o\n{LINK}"}

NAMED = [
    ("premake5.lua", 'project "p"\n  files { "prog.c", "foo.c" }\n', 2),
    ("xmake.lua", 'target("p")\n    add_files("prog.c", "foo.c")\n', 2),
    ("p.xcodeproj/project.pbxproj", "/* x */\nA1 = {isa = PBXFileReference; path = foo.c; };\n", 2),
    ("win/p.dsp", "# Begin Source File\nSOURCE=..\\foo.c\n", 2),
    ("win/p.vcproj", '<File\n RelativePath="..\\foo.c"/>\n', 2),
    ("p.cbp", '<X>\n<Unit filename="foo.c">\n', 2),
    ("build.sh", "#!/bin/sh\ncc -o prog prog.c foo.c\n", 2),
    ("build.bat", "cl /c prog.c\ncl /c .\\foo.c\nlink prog.obj foo.obj\n", 2),
    ("Tupfile", ": foo.c |> gcc -c %f -o %o |> foo.o\n", 1),
    ("descrip.mms", "prog.exe : prog.obj,-\n foo.obj\n", 2),
    ("Package.swift", '.target(name: "p",\n sources: ["foo.c"])\n', 2),
    ("p.podspec", "Pod::Spec.new do |s|\n  s.source_files = 'foo.c', 'prog.c'\n", 2),
]
PASSED = [
    ("premake5.lua", '-- "foo.c"\nfiles { "*.c" }\n'),
    ("build.sh", "# foo.c\ncc -o prog *.c\n"),
    ("xmake.lua", 'add_files("foo.c", "foo_main.c")\n'),
    ("win/p.dsp", "SOURCE=..\\other\\foo.c\n"),
    ("test.sh", "grep x foo.c\n"),
]


@pytest.mark.parametrize(("path", "text", "line"), NAMED, ids=[row[0] for row in NAMED])
def test_it_is_a_warning(path: str, text: str, line: int, tmp_path: Path) -> None:
    ran = split(plant(tmp_path, {**MAKEFILE, path: text}), "--table", "foo.c:foo_ops")
    assert ran.exit_code == 0, ran.stderr
    assert f"warning: {path}:{line}: foo.c is named here, but" in ran.stderr


@pytest.mark.parametrize(("path", "text"), PASSED, ids=[row[0] for row in PASSED])
def test_nothing_is_said(path: str, text: str, tmp_path: Path) -> None:
    ran = split(plant(tmp_path, {**MAKEFILE, path: text}), "--table", "foo.c:foo_ops")
    assert ran.exit_code == 0, ran.stderr
    assert path not in ran.stderr
