"""Locking one row before an action decides."""

from typing import TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, QuerySet

from core.errors import DomainError

Row = TypeVar("Row", bound=Model)


def lock_row(rows: QuerySet[Row], pk: int) -> Row:
    """The row as it now stands, locked as `rows` says until the transaction ends.

    Raises DomainError (code `gone`) for one that was removed since the page that asks was made.
    """
    try:
        return rows.get(pk=pk)
    except ObjectDoesNotExist:
        name = rows.model._meta.verbose_name
        words = f"This {name} was removed a moment ago. Nothing was changed; load the page again."
        raise DomainError(words, code="gone") from None
