"""A WHERE clause that grows by what a caller asks for."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Conditions:
    """Conditions joined by AND. The SQL of each is ours; what comes from outside is a value."""

    _parts: list[str] = field(default_factory=list)
    values: list[object] = field(default_factory=list)

    def add(self, sql: str, *values: object) -> None:
        self._parts.append(sql)
        self.values.extend(values)

    def add_unless_none(self, sql: str, value: object) -> None:
        """Add a condition on one value, or nothing when there is no value."""
        if value is not None:
            self.add(sql, value)

    @property
    def sql(self) -> str:
        return " AND ".join(self._parts)
