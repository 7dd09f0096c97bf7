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


def meetings(data: dict, current: str) -> list:
    return [(meeting["key"], name_of_meeting(meeting)) for meeting in data.get("meetings", [])]


def name_of_meeting(meeting: dict) -> str:
    day = meeting["date"]
    words = f"{day:%a} {day.day} {day:%b}"
    return f"{words}, {meeting['topic']}" if meeting.get("topic") else words


def review_rounds(data: dict, current: str) -> list:
    """None to choose where the course has no rounds."""
    rounds = [(round["key"], round.get("title") or round["key"]) for round in data.get("reviews", {}).get("rounds", [])]
    return rounds and [("", "None: by the rule for all reviews"), *rounds]


CHOICES = {
    ("course", "time_zone"): time_zones,
    ("talks", "guideline"): course_pages,
    ("papers", "meeting"): meetings,
    ("papers", "review_round"): review_rounds,
}
