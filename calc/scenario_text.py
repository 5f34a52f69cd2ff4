"""Cells of a scenario file: each read as what it must be, or refused with its file, line and key."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from calc.errors import ScenarioError, did_you_mean
from calc.tariffs.days import read_day

MAX_DRAWS = 100_000


@dataclass(frozen=True, slots=True)
class Source:
    """A scenario text and where its keys stand, for messages."""

    name: str
    text: str

    def line(self, section: str, number: int, key: str = "") -> int | None:
        """Line of a key in a section (the `number`-th of its kind), of the section if the key is not found."""
        header = None if section == "" else f"[[{section}]]" if section == "rule" else f"[{section}]"
        seen, inside, found = -1, header is None, None
        for row, raw in enumerate(self.text.splitlines(), 1):
            line = raw.split("#", 1)[0].strip()
            if line.startswith("["):
                same = line.replace(" ", "") == header
                seen += same
                inside = same and seen == number
                if inside:
                    found = row
            elif inside and key and line.split("=", 1)[0].strip().strip('"') == key:
                return row
        return found

    def at(self, section: str, number: int, key: str = "") -> str:
        """Place in words: `scenario.toml, line 7`."""
        row = self.line(section, number, key)
        return f"{self.name}, line {row}" if row else self.name

    def check_keys(self, table: Mapping[str, object], known: tuple[str, ...], section: str, number: int) -> None:
        """Refuse a key that the section does not have."""
        for key in table:
            if key not in known:
                raise ScenarioError(
                    f"{self.at(section, number, key)}: unknown key {key!r}{did_you_mean(key, known)}. "
                    f"Known keys here: {', '.join(known)}."
                )

    def text_of(self, table: Mapping[str, object], key: str, section: str, number: int) -> str:
        """A text, empty where the key is absent."""
        value = table.get(key, "")
        if not isinstance(value, str):
            raise ScenarioError(f"{self.at(section, number, key)}: {key} is text; put it in quotes.")
        return value

    def texts_of(self, table: Mapping[str, object], key: str, number: int) -> tuple[str, ...]:
        """One text or a list of texts of a rule."""
        value = table.get(key, [])
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
            raise ScenarioError(
                f'{self.at("rule", number, key)}: {key} is a list of texts, such as ["CHN"]; '
                "codes stand in quotes, so that leading zeros survive."
            )
        return tuple(v for v in values if v)

    def day_of(self, table: Mapping[str, object], key: str) -> date | None:
        """A day; TOML's own dates are taken too; None where it is empty."""
        value = table[key]
        text = str(value) if isinstance(value, date) else value
        if not isinstance(text, str):
            raise ScenarioError(f"{self.at('', 0, key)}: {key} is a date, such as 2025-11-10.")
        try:
            return read_day(text) if text else None
        except ScenarioError as error:
            raise ScenarioError(f"{self.at('', 0, key)}: {key}: {error}") from error

    def count_of(self, table: Mapping[str, object], key: str) -> int:
        """A whole number, 0 or above."""
        value = table[key]
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise ScenarioError(f"{self.at('', 0, key)}: {key} is a whole number, 0 or above.")
        if key == "draws" and value > MAX_DRAWS:
            raise ScenarioError(f"{self.at('', 0, key)}: draws is at most {MAX_DRAWS:,}; {value:,} is more.")
        return value

    def number_of(self, table: Mapping[str, object], key: str, section: str, number: int) -> float:
        """A number that is neither a switch nor missing."""
        value = table[key]
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
            raise ScenarioError(f"{self.at(section, number, key)}: {key} is a number, without quotes or %.")
        return float(value)

    def choice_of(
        self,
        table: Mapping[str, object],
        key: str,
        number: int,
        choices: Iterable[str],
        default: str,
        section: str = "rule",
    ) -> str:
        """One of several words, the default where the key is absent or empty."""
        value = self.text_of(table, key, section, number) or default
        options = list(choices)
        if value not in options:
            raise ScenarioError(
                f"{self.at(section, number, key)}: unknown {key} {value!r}{did_you_mean(value, options)}. "
                f"Known: {', '.join(options)}."
            )
        return value
