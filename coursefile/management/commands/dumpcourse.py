from django.core.management.base import BaseCommand, CommandError

from coursefile.dump import dump_course
from courses.models import Course


class Command(BaseCommand):
    help = "Write a course as its course file; loading that file changes nothing."

    def add_arguments(self, parser):
        parser.add_argument("slug", metavar="SLUG")

    def handle(self, *args, slug, **options):
        course = Course.objects.filter(slug=slug).first()
        if course is None:
            there = ", ".join(Course.objects.values_list("slug", flat=True)) or "none"
            raise CommandError(f"There is no course {slug}; there is: {there}.")
        self.stdout.write(dump_course(course), ending="")
