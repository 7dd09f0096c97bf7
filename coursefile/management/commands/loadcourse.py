from datetime import date
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from accounts.models import User
from accounts.queries import password_link, users_by_email
from core.errors import DomainError
from core.toml.source import MAX_BYTES, decode
from coursefile.load import load_course
from coursefile.plan import Plan


def iso_date(text: str) -> date:
    return date.fromisoformat(text)


iso_date.__name__ = "date such as 2022-09-01"  # argparse names it when the argument is wrong


class Command(BaseCommand):
    help = "Create or update a course from its course file. Loading the same file twice changes nothing."

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", help="a course file, or - to read it from standard input")
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")
        parser.add_argument(
            "--start",
            type=iso_date,
            metavar="DATE",
            help="move all dates by whole weeks so that the course starts in this week",
        )
        parser.add_argument("--instructor", metavar="EMAIL", help="who teaches the course, if it is new")

    def handle(self, *args, file, dry_run, start, instructor, **options):
        content = _read(file)
        try:
            text = decode(content, file_name=file)
            with transaction.atomic():
                by = _instructor(instructor, is_saved=not dry_run)
                is_new_person = by is not None and by.last_login is None and not by.has_usable_password()
                plan = load_course(text, by=by, file_name=file, start=start, dry_run=dry_run)
                if by and not plan.is_new and is_new_person and not by.enrollments.exists():
                    raise CommandError(
                        f"--instructor is for a new course; {plan.slug} is there, and {instructor} is not in it."
                    )
        except DomainError as refusal:
            hint = " Add --instructor EMAIL." if refusal.code == "no_instructor" else ""
            raise CommandError(f"{refusal.message}{hint}\nNothing was changed.") from None
        self._tell(plan, is_dry_run=dry_run)
        if plan.is_new and not dry_run and is_new_person:
            self.stdout.write(f"{by.email} can choose a password here: {settings.SITE_URL}{password_link(by)}")

    def _tell(self, plan: Plan, *, is_dry_run: bool) -> None:
        for warning in plan.warnings:
            self.stderr.write(f"Note: {warning}")
        for change in plan.changes:
            self.stdout.write(str(change))
        if plan.is_empty:
            self.stdout.write(f"{plan.slug}: nothing to change.")
        else:
            counts = ", ".join(f"{count} {kind}" for kind, count in plan.counts.items())
            self.stdout.write(f"{plan.slug}: {counts}.{' Nothing was changed: this was a dry run.' if is_dry_run else ''}")


def _read(name: str) -> bytes:
    """At most one byte more than fits, so that an enormous file is refused and not read."""
    try:
        with open(0 if name == "-" else Path(name), "rb", closefd=name != "-") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}.") from None


def _instructor(email: str | None, *, is_saved: bool) -> User | None:
    if email is None:
        return None
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise CommandError(f'--instructor: found "{email}", expected an email address.') from None
    user = users_by_email([email]).get(email) or User(email=email, name=email.split("@")[0])
    if user.pk is None:
        user.set_unusable_password()
        if is_saved:
            user.save()
    return user
