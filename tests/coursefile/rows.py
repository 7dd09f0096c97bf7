"""Every row of the database, for tests that nothing changed."""

from django.apps import apps


def all_rows() -> dict[str, list]:
    """{table: its rows}, without what the frameworks keep for themselves."""
    rooms = "accounts courses reviews presentations projects participation grading planner discussion talks"
    ours = set(rooms.split())
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values())
        for model in apps.get_models()
        if model._meta.app_label in ours
    }
