"""What was checked: a line for each check as soon as it is known, and the count at the end."""

from collections.abc import Iterator
from contextlib import contextmanager

from kernel.cache import UnavailableError
from postings.programs import FailedError


class Checks:
    """The checks of one case."""

    def __init__(self, case: str) -> None:
        self.case = self.head = case
        self.right = self.all = 0

    def about(self, subject: str) -> None:
        """Let the lines that follow name a series of the case."""
        self.head = self.case if subject == self.case else f"{self.case}: {subject}"

    def see(self, what: str, is_right: bool, why: str = "") -> bool:
        """Count a check and print its line; `why` says what was seen where it is wrong."""
        self.all += 1
        self.right += is_right
        if is_right:
            print(f"ok   {self.head}: {what}", flush=True)
        else:
            told = f"\n     {why.strip()}".replace("\n", "\n     ").rstrip() if why else ""
            print(f"BAD: {self.head}: {what}{told}", flush=True)
        return is_right

    def skip(self, what: str, why: str) -> None:
        """Say of a check why this machine cannot make it. It does not count."""
        print(f"skip {self.head}: {what}: {why}", flush=True)

    @contextmanager
    def part(self, what: str) -> Iterator[None]:
        """Make a bad check of a program that fails where the block relies on it."""
        try:
            yield
        except FailedError as error:
            self.see(what, False, str(error))
        except UnavailableError as error:
            self.skip(what, str(error))

    def close(self) -> bool:
        """Print the count, and tell whether all checks are right."""
        print(f"{self.case}: {self.right} of {self.all} checks", flush=True)
        return self.right == self.all
