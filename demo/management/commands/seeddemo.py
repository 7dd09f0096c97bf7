"""`manage.py seeddemo`: load the demo course into the database, once."""

from django.core.management.base import BaseCommand

from demo.seed import PASSWORD, seed


class Command(BaseCommand):
    help = "Load ECE697IL with invented people and half a term of their work; does nothing when the course is there."

    def handle(self, **options):
        if seed():
            self.stdout.write(f"Loaded. Sign in as instructor@example.edu with {PASSWORD}.")
        else:
            self.stdout.write("The course is there already; nothing was changed.")
