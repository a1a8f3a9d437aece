"""Uses outside of tables that write a name of the source file themselves."""

from abc import ABC, abstractmethod

from vtsplit.planning.reason import Reason


class WrittenUse(ABC):
    """A use that has the name itself, and needs it in any case."""

    optional = False
    is_written = True

    @property
    @abstractmethod
    def because(self) -> Reason:
        """Why the name concerns the split."""

    @property
    def reason(self) -> str:
        """Why the name concerns the split, in words."""
        return self.because.clause()
