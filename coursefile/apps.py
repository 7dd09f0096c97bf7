from django.apps import AppConfig


class CoursefileConfig(AppConfig):
    name = "coursefile"
