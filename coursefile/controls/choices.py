"""What can be chosen where the schema only says "a text": time zones, the course's own pages."""

from functools import lru_cache
from itertools import groupby
from zoneinfo import available_timezones


def time_zones(data: dict, current: str) -> list:
    zones = _zones()
    if any(current == zone for _, group in zones for zone, _ in group):
        return zones
    return [("As it is", [(current, current)]), *zones]


@lru_cache(maxsize=1)
def _zones() -> list:
    """By continent, as people look for them."""
    zones = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix", "right")))
    by_region = groupby(zones, key=lambda zone: zone.partition("/")[0])
    regions = [(region, [(zone, zone.replace("_", " ")) for zone in group]) for region, group in by_region]
    return [*regions, ("World", [("UTC", "UTC")])]


def course_pages(data: dict, current: str) -> list:
    pages = [(page["key"], page["title"]) for page in data.get("pages", [])]
    is_there = any(current == key for key, _ in pages)
    return pages if is_there else [(current, "None"), *pages]


CHOICES = {("course", "time_zone"): time_zones, ("talks", "guideline"): course_pages}
