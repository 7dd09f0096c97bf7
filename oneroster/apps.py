from django.apps import AppConfig


class OneRosterConfig(AppConfig):
    name = "oneroster"
