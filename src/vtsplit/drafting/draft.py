"""The parts of a draft of dispatch, before it is text."""

from collections.abc import Mapping
from dataclasses import dataclass, field

KeyValue = str | bool | tuple[str, ...]
Keys = Mapping[str, KeyValue]


@dataclass(frozen=True)
class Choice:
    """A line of `[dispatch.when]`; one that is not certain becomes a comment.

    One that drops `const` cannot be asked about what a pointer to `const` points to. With
    `is_to_check` a person has to look whether it tells the backends apart.
    """

    type: str
    template: str
    why: str
    is_certain: bool = True
    drops_const: bool = False
    is_to_check: bool = False


@dataclass(frozen=True)
class Line:
    """A key of `[dispatch.backend]` and why it is there; one that is not certain is a comment."""

    key: str
    value: str
    why: str
    is_certain: bool = True


@dataclass(frozen=True)
class OpSection:
    """`[op.NAME]`: the op as C declares it, the keys, and why. It is a comment unless stated."""

    op: str
    head: str
    keys: Keys
    why: str = ""
    is_stated: bool = False


@dataclass(frozen=True)
class DispatchDraft:
    """All sections of dispatch.

    `served` are ops that both backends have a function for, `listed` those that a skeleton is to
    have one for, `by_flag` those of `served` that the flag alone decides on. `left` are ops that
    stay as they are, with the reason.
    """

    prefix: str
    backend: tuple[Line, ...]
    choices: tuple[Choice, ...] = ()
    served: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    by_flag: tuple[str, ...] = ()
    sections: tuple[OpSection, ...] = ()
    left: Mapping[str, str] = field(default_factory=dict)
