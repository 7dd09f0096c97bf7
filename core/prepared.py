"""Queries whose SQL is written once: writing it costs Python several times what PostgreSQL takes to answer.

Worth it only for what the daily pages ask each time. The rows are read anew each time; nothing of them is kept.
"""

from collections.abc import Callable
from copy import copy
from functools import cached_property

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Expression, QuerySet
from django.db.models.sql.compiler import SQLCompiler


class Given(Expression):
    """Stands in a queryset for a number or a text that each run gives anew, by this name.

    It is sent as it is, so it must be what the column holds: `filter(paper=Given("paper"))` takes a primary key.
    """

    def __init__(self, name: str):
        super().__init__()
        self.name = name

    def as_sql(self, compiler, connection):
        return "%s", [self]


class Prepared:
    """`Prepared(build)(paper=3)` is the list that the queryset `build()` gives with 3 for `Given("paper")`.

    `build` runs once in a process, so it must not look at the clock, at the database or at anybody.
    """

    def __init__(self, build: Callable[[], QuerySet]):
        self.build = build

    @cached_property
    def _written(self) -> tuple[QuerySet, SQLCompiler, str, tuple]:
        queryset = self.build()
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        return queryset, compiler, *compiler.as_sql()

    def __call__(self, **values: int | str | None) -> list:
        queryset, written, sql, parameters = self._written
        bound = tuple(values[each.name] if isinstance(each, Given) else each for each in parameters)
        compiler = copy(written)  # it knows which column is what; the connection is this thread's own
        compiler.connection = connections[DEFAULT_DB_ALIAS]
        compiler.as_sql = lambda *args, **kwargs: (sql, bound)
        run = queryset.all()
        run.query.get_compiler = lambda *args, **kwargs: compiler
        return list(run)
