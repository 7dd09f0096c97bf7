"""Rows of cells as CSV that a spreadsheet may open."""

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_text(rows: Iterable[Iterable[Any]], *, delimiter: str = ",") -> str:
    """Lines end in CR LF, as RFC 4180 has it; moments are in ISO 8601."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([safe_cell(cell) for cell in row] for row in rows)
    return out.getvalue()


def safe_cell(cell: Any) -> Any:
    """Text that a spreadsheet would run as a formula gets an apostrophe before it."""
    if isinstance(cell, str) and cell.startswith(FORMULA):
        return f"'{cell}"
    return cell.isoformat() if isinstance(cell, datetime) else cell
