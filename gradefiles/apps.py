from django.apps import AppConfig


class GradefilesConfig(AppConfig):
    name = "gradefiles"
