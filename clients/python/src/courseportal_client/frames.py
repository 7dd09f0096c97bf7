"""Grades as a pandas table: one row a student, one column a component."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from courseportal_client.models import GradeLine

if TYPE_CHECKING:
    import pandas


def frame(grades: Iterable[GradeLine], *, exact: bool = False) -> "pandas.DataFrame":
    """Indexed by the student's id. Floats, for arithmetic in a notebook; with `exact` the Decimals as they came."""
    import pandas  # an extra: pip install courseportal-client[pandas]

    def number(value: Any) -> Any:
        return value if exact or value is None else float(value)

    rows = [
        {
            "id": line.student.id,
            "email": line.student.email,
            "name": line.student.name,
            "section": line.student.section,
            **{component.key: number(component.earned) for component in line.components},
            "total_so_far": number(line.total_so_far),
            "total_final": number(line.total_final),
            "letter": line.letter,
            "letter_final": line.letter_final,
            "total_is_set": line.total_is_set,
        }
        for line in grades
    ]
    return pandas.DataFrame(rows).set_index("id") if rows else pandas.DataFrame()
