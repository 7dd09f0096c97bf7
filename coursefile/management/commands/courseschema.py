import json

from django.core.management.base import BaseCommand

from coursefile.schema import SCHEMA


class Command(BaseCommand):
    help = "Write the JSON Schema of course files."

    def handle(self, *args, **options):
        self.stdout.write(json.dumps(SCHEMA, indent=2))
