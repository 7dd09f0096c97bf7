"""Mails that the file-based backend wrote, for a developer to read; no mail server, no database."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

SEPARATOR = b"-" * 79  # what Django's backend writes after each message
NEWEST = 500  # files looked at


@dataclass(frozen=True)
class Mail:
    """`name` is the file and the message's place in it, which is its address on the site."""

    name: str
    subject: str
    sender: str
    recipients: list[str]
    sent_at: datetime
    body: str


def read_mailbox(folder: str | Path) -> list[Mail]:
    """Newest first. A folder that is not there yet is empty."""
    files = sorted(Path(folder).glob("*.log"), key=lambda file: file.name, reverse=True)[:NEWEST]
    mails = [mail for file in files for mail in _mails_of(file)]
    return sorted(mails, key=lambda mail: (mail.sent_at, mail.name), reverse=True)


def find_mail(folder: str | Path, name: str) -> Mail | None:
    """The name is only compared with what is there, never made into a path."""
    return next((mail for mail in read_mailbox(folder) if mail.name == name), None)


def _mails_of(file: Path) -> Iterator[Mail]:
    parts = file.read_bytes().split(b"\n" + SEPARATOR + b"\n")
    messages = [part for part in parts if part.strip()]
    for number, content in enumerate(messages, start=1):
        message = message_from_bytes(content.lstrip(b"\n"), policy=policy.default)
        yield _mail(f"{file.stem}-{number}", message, datetime.fromtimestamp(file.stat().st_mtime, UTC))


def _mail(name: str, message: EmailMessage, written_at: datetime) -> Mail:
    body = message.get_body(preferencelist=("plain", "html"))
    return Mail(
        name=name,
        subject=str(message["Subject"] or ""),
        sender=str(message["From"] or ""),
        recipients=[address.strip() for address in str(message["To"] or "").split(",") if address.strip()],
        sent_at=_date(message) or written_at,
        body=body.get_content() if body else "",
    )


def _date(message: EmailMessage) -> datetime | None:
    try:
        moment = parsedate_to_datetime(str(message["Date"]))
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
