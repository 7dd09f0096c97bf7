"""What the pages and the API show of imports."""

from django.db.models import F, Func, IntegerField

from courses.models import Enrollment
from gradefiles.models import ImportState
from gradefiles.policies import imports_visible_to


class Length(Func):
    """How many entries a JSON list has, counted by the database: a list of imports does not fetch their plans."""

    output_field = IntegerField()

    def as_sqlite(self, compiler, connection, **more):
        return self.as_sql(compiler, connection, function="JSON_ARRAY_LENGTH", **more)

    def as_postgresql(self, compiler, connection, **more):
        return self.as_sql(compiler, connection, function="JSONB_ARRAY_LENGTH", **more)


def imports_of(reader: Enrollment):
    """Newest first, with `change_count`, `fault_count` and `kept_count`, without what is large."""
    return (
        imports_visible_to(reader)
        .defer("content", "plan", "kept")
        .annotate(change_count=Length(F("plan__changes")), fault_count=Length(F("plan__faults")), kept_count=Length(F("kept")))
    )


def history_of(reader: Enrollment):
    """Those that did something or are about to; previews that nobody applied are gone in two weeks."""
    return imports_of(reader).exclude(state=ImportState.FAILED)
