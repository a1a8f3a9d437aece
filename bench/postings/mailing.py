"""What sends patches takes them: `git send-email`, and b4 both for whoever gets and sends them."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from kernel.cache import UnavailableError, fill_once, find_cache
from postings.checks import Checks
from postings.programs import ADDRESS, NAME, Ran, git, run
from postings.subject import Posting, Subject, must, tree_of

_B4 = "b4==0.16.0"


def check_send_email(subject: Subject, posting: Posting, checks: Checks) -> None:
    """Let `git send-email` do all but send."""
    if not Path(git(subject.tree, "--exec-path"), "git-send-email").exists():
        checks.skip("git send-email", "it is not installed (git-email)")
        return
    options = ["--dry-run", "--validate", "--confirm=never", "--smtp-server=/bin/true"]
    addresses = [f"--from={NAME} <{ADDRESS}>", "--to=list@example.org"]
    ran = run(subject.tree, "git", "send-email", *options, *addresses, *posting.files)
    count = len(re.findall(r"^Dry-", ran.out, re.MULTILINE))
    right = ran.code == 0 and count == len(posting.files)
    checks.see(f"git send-email takes {count} files", right, ran.end)


def _program() -> Path:
    """Return b4, put into the cache the first time. Raises UnavailableError."""
    home = find_cache() / _B4.replace("==", "-")
    with fill_once(home) as part:
        if part is not None:
            words = ["-m", "pip", "install", "--quiet", "--target", str(part), _B4]
            done = subprocess.run(
                [sys.executable, *words], capture_output=True, text=True, check=False
            )
            if done.returncode:
                raise UnavailableError(f"no b4: {done.stderr.strip()[-200:]}")
    return home


def _b4(subject: Subject, *arguments: str | Path) -> Ran:
    """Run b4 without a network; what it keeps is in the work folder. Raises FailedError."""
    home = _program()
    variables = {"PYTHONPATH": str(home), "PATH": f"{home}/bin:{_path()}"}
    for key in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        variables[key] = str(subject.work)
    start = "import sys; from b4.command import cmd; sys.argv[0] = 'b4'; cmd()"
    options = ["--no-interactive", "--offline-mode", "--no-stdin"]
    command = [sys.executable, "-c", start, *options, *arguments]
    return must(run(subject.tree, *command, more=variables), f"b4 {arguments[0]}")


def _path() -> str:
    return ":".join(
        str(Path(found).parent) for name in ("git", "sh", "perl") if (found := shutil.which(name))
    )


def check_b4_am(subject: Subject, posting: Posting, checks: Checks) -> None:
    """Get the series out of a mailbox by `b4 am`, and apply what it makes."""
    subject.back()
    mailbox = subject.folder("thread.mbox")
    mailbox.write_bytes(b"".join(_as_sent(at, file) for at, file in enumerate(posting.files)))
    out = subject.folder("b4-am")
    ran = _b4(subject, "am", "-l", "-m", mailbox, "-o", out)
    [made] = out.glob("*.mbx")
    count = sum(line.startswith("Subject: ") for line in made.read_text().split("\n"))
    right = count == len(posting.patches)
    checks.see(f"b4 am takes {count} patches", right, ran.end)
    git(subject.tree, "am", "--quiet", made)
    right = tree_of(subject.tree) == posting.end
    checks.see("what b4 am makes comes to the same tree", right)


def _as_sent(at: int, file: Path) -> bytes:
    """Return a message as it stands in a mailbox, with what `git send-email` adds to it."""
    head, _, rest = file.read_bytes().partition(b"\n")
    more = f"Message-ID: <{at}.posting@example.org>\nTo: list@example.org\n"
    if at:
        more += "In-Reply-To: <0.posting@example.org>\nReferences: <0.posting@example.org>\n"
    body = re.sub(rb"^(>*From )", rb">\1", rest, flags=re.MULTILINE)
    return head + b"\n" + more.encode() + body + b"\n"


def check_b4_prep(subject: Subject, posting: Posting, checks: Checks) -> None:
    """Enrol the branch that `series --commit` makes, and apply the patches that b4 writes."""
    root, out = subject.tree, subject.folder("b4-prep")
    subject.back()
    subject.series("--commit", "--branch", "prepared")
    right = tree_of(root) == posting.end
    checks.see("--commit --branch comes to the same tree", right)
    with checks.part("b4 prep"):
        _b4(subject, "prep", "-e", subject.base)
        _b4(subject, "prep", "-p", out)
        patches = [path for path in sorted(out.iterdir()) if not path.name.startswith("0000-")]
        subject.back()
        git(root, "am", "--quiet", *patches)
        right = tree_of(root) == posting.end and len(patches) == len(posting.patches)
        checks.see("what b4 prep writes comes to the same tree", right)
