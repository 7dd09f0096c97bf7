"""Files as Canvas writes them, and a reader of such files written from its format alone: it knows nothing of ours."""

import csv
import io
import re
from decimal import Decimal

TOTALS = [f"{word} Score" for word in ("Current", "Unposted Current", "Final", "Unposted Final")]


def canvas_file(assignments, students, *, delimiter=",", posting=True, groups=("Written",)) -> str:
    """`assignments` are (heading, points possible); `students` (name, ID, SIS ID, login, section, *cells)."""
    totals = [f"{group} {score}" for group in groups for score in TOTALS] + TOTALS
    rows = [["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *(heading for heading, _ in assignments), *totals]]
    if posting:
        rows.append(["", "", "", "", "", *["Manual Posting"] * len(assignments), *[""] * len(totals)])
    rows.append(["    Points Possible", "", "", "", "", *(out_of for _, out_of in assignments), *["(read only)"] * len(totals)])
    rows += [[*student, *["91.00"] * len(totals)] for student in students]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


class CanvasReader:
    """What Canvas's importer gets out of a file: assignments by id, students by id or login, cells, read-only columns."""

    def __init__(self, text: str):
        lines = text.splitlines()[:3]
        widths = {mark: {len(next(csv.reader([line], delimiter=mark))) for line in lines} for mark in ",;"}
        count = {mark: found.pop() if len(found) == 1 else 0 for mark, found in widths.items()}
        self.delimiter = ";" if count[";"] > count[","] else ","
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=self.delimiter) if any(row)]
        self.header = rows[0]
        assert "Student" in self.header[0]
        assert "ID" in self.header[1]
        assert self.header[2:5] == ["SIS User ID", "SIS Login ID", "Section"]
        assert {len(row) for row in rows} == {len(self.header)}
        self.posting = [row for row in rows[1:3] if all(re.fullmatch(r"\s*(Manual Posting.*)?\s*", cell) for cell in row)]
        self.possible = next(row for row in rows if row[0] == "    Points Possible")
        self.students = [row for row in rows[1:] if row is not self.possible and row not in self.posting]
        pattern = re.compile("Current Score|Current Points|Current Grade|Final Score|Final Points|Final Grade|Override")
        self.places = [place for place in range(5, len(self.header)) if not pattern.search(self.header[place])]
        self.totals = [place for place in range(5, len(self.header)) if place not in self.places]

    @property
    def ids(self) -> list[str]:
        return [match[1] if (match := re.search(r"\((\d+)\)$", self.header[place])) else "" for place in self.places]

    def cells(self, login: str) -> dict[str, str]:
        """{heading: cell}, numbers with a point."""
        row = next(row for row in self.students if row[3] == login)
        return {head: self._number(cell) for head, cell in zip(self.header, row, strict=True)}

    def _number(self, cell: str) -> str:
        return cell.replace(",", ".") if re.fullmatch(r"-?[0-9.,]+", cell) else cell

    def out_of(self) -> dict[str, Decimal]:
        return {self.header[place]: Decimal(self._number(self.possible[place])) for place in self.places}
