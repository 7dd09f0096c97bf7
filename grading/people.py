"""Students by what people write of them: an email, a name, or the name turned round."""

from collections import defaultdict
from collections.abc import Iterable

from courses.models import Enrollment


def folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def index_of(pairs: Iterable[tuple[str, int]]) -> defaultdict[str, set[int]]:
    index: defaultdict[str, set[int]] = defaultdict(set)
    for text, student in pairs:
        if text:
            index[text].add(student)
    return index


def by_name(index: defaultdict[str, set[int]], text: str) -> set[int]:
    """Whose name this is; also with the family name first and a comma."""
    name = folded(text)
    last, comma, first = name.partition(",")
    return index[name] or (index[f"{first.strip()} {last.strip()}"] if comma else set())


class Named:
    """The students that a pasted row may name."""

    def __init__(self, students: Iterable[Enrollment]):
        self.students = {student.pk: student for student in students}
        self.emails = index_of((student.user.email.lower(), pk) for pk, student in self.students.items())
        self.names = index_of((folded(student.user.name), pk) for pk, student in self.students.items())

    def find(self, text: str) -> tuple[Enrollment | None, str]:
        """The student, or None and why not."""
        found = self.emails[text.strip().lower()] or by_name(self.names, text)
        if len(found) == 1:
            return self.students[next(iter(found))], ""
        if not found:
            return None, "no student of the course whose work you mark has this name or email."
        emails = ", ".join(sorted(self.students[pk].user.email for pk in found))
        return None, f"two students have this name ({emails}); write the email."
