"""What has happened since a rotation was published: what every kind of event can tell (S4-12, S4-15)."""

from abc import ABC, abstractmethod
from typing import ClassVar

from sqlalchemy import orm

from core.rotation.solving.events import Event
from tenants.access import Actor

Problems = dict[str, str]


class Happening(ABC):
    """One event: asked for, tried, and written down; `events` and `write` say the same of the rotation.

    `about` names the fields of its subject: said again of that, it takes the earlier one's place.
    """

    kind: ClassVar[str]
    about: ClassVar[tuple[str, ...]]

    def replaces(self, other: "Happening") -> bool:
        """Whether it says anew what the other said."""
        same = (getattr(self, name) == getattr(other, name, None) for name in self.about)
        return self.kind == other.kind and all(same)

    @abstractmethod
    def problems(self, session: orm.Session) -> Problems:
        """What is wrong with it, by field, in Vietnamese."""

    @abstractmethod
    def said(self, session: orm.Session) -> str:
        """The event as a clause that those concerned may read."""

    @abstractmethod
    def events(self, session: orm.Session) -> tuple[Event, ...]:
        """What it is to the solver."""

    @abstractmethod
    def write(self, session: orm.Session, actor: Actor) -> None:
        """Write it down by the verb of its kind, which asks the right and may raise Refused."""
