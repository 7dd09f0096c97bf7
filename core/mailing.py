"""Handing a mail to the mail server, and what is known of it when that fails."""

import logging
import smtplib
from collections.abc import Callable
from contextlib import suppress

from django.core.mail import EmailMessage, get_connection

logger = logging.getLogger(__name__)


class NotTaken(Exception):  # noqa: N818 - named for the state, as DomainError's kind are
    """The mail has certainly not left: there was no connection, or the server refused it."""


class PerhapsTaken(Exception):  # noqa: N818
    """The connection broke while the mail was handed over: whether it left is not known."""


def hand_over(message: EmailMessage) -> None:
    """Give the mail to the server. Raises NotTaken or PerhapsTaken; the difference decides about trying again."""
    connection = get_connection()
    try:
        connection.open()
    except OSError as error:  # smtplib's errors are OSErrors too
        raise NotTaken(f"No connection to the mail server: {error}") from error
    try:
        connection.send_messages([message])
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
        raise NotTaken(f"The mail server refused it: {error}") from error
    except OSError as error:
        raise PerhapsTaken(f"The connection to the mail server broke: {error}") from error
    finally:
        with suppress(OSError):
            connection.close()


def hand_over_once(
    message: EmailMessage, *, what: str, claim: Callable[[], bool], release: Callable[[], None], confirm: Callable[[], None]
) -> None:
    """Give the mail to the server if nobody else has: `claim` says so, committed before the mail leaves.

    `release` undoes the claim of a mail that has certainly not left; NotTaken goes on to whoever tries again. Of one that
    may have left the claim stands, so that it is never sent twice. `what` names the mail in the log.
    """
    if not claim():
        return
    try:
        hand_over(message)
    except NotTaken:
        release()
        raise
    except PerhapsTaken as error:
        logger.warning("%s may not have left: %s", what, error)
        return
    confirm()
