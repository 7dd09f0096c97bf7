"""Course documents that nobody would write, for laws that hold for every file."""

from datetime import date, datetime, time, timedelta

from hypothesis import strategies as st

MOMENTS = ("opens", "due", "hard")
KEY = st.from_regex(r"[a-z0-9][a-z0-9-]{0,5}", fullmatch=True)
LETTERS = st.characters(codec="utf-8", exclude_characters="\x00")
TEXT = st.text(LETTERS, max_size=40)
LINE = st.text(LETTERS.filter(lambda letter: letter not in "\r\n"), max_size=20)
TITLE = LINE.filter(bool)
GUEST = TITLE.filter(lambda name: " ".join(name.split()) == name)
DAY = st.dates(date(2021, 9, 1), date(2021, 12, 8))
CLOCK = st.times().map(lambda clock: clock.replace(microsecond=0))
MOMENT = st.datetimes(datetime(2021, 9, 1), datetime(2021, 12, 8))  # noqa: DTZ001 - local times, as in the file
POINTS = st.integers(1, 999_999).map(lambda cents: cents / 100)


def table(required: dict, **optional) -> st.SearchStrategy[dict]:
    return st.fixed_dictionaries(required, optional=optional)


def rows(tables, *, least: int = 0, most: int = 4):
    return st.lists(tables, min_size=least, max_size=most, unique_by=lambda row: row["key"])


ROLES = rows(table({"key": KEY, "title": TITLE}, capacity=st.integers(1, 3)), least=1, most=3)
PAGES = rows(table({"key": KEY, "title": TITLE}, body=TEXT))
LINKS = st.lists(table({"title": TITLE, "url": st.sampled_from(["https://example.org/a?b=c#d", "http://x.org"])}), max_size=2)
OPTIONS = {
    "score": st.lists(st.integers(-5, 5), min_size=1, max_size=4, unique=True).map(sorted),
    "choice": st.lists(TITLE, min_size=1, max_size=4, unique=True),
    "choices": st.lists(TITLE, min_size=1, max_size=4, unique=True),
}


@st.composite
def fields(draw):
    kind = draw(st.sampled_from(["text", "score", "choice", "choices", "checkbox"]))
    field = draw(table({"key": KEY, "label": TITLE}, description=TEXT, is_required=st.booleans()))
    if kind in OPTIONS:
        field["options"] = [{"value": value, "label": draw(TITLE)} for value in draw(OPTIONS[kind])]
    if kind == "score" and draw(st.booleans()):
        field["options"] = [option | {"symbol": "ABC★"[at]} for at, option in enumerate(field["options"])]
    if kind == "score":
        field["colours"] = draw(st.sampled_from(["plain", "high", "low"]))
    field |= draw(table({}, visible_to=st.sampled_from(["readers", "staff", "staff_only"])))
    if kind == "text":
        least, more = draw(st.integers(0, 100)), draw(st.integers(1, 100))
        field |= draw(st.sampled_from([{}, {"min_words": least}, {"min_words": least, "max_words": least + more}]))
    return field if kind == "text" and draw(st.booleans()) else field | {"kind": kind}


@st.composite
def rounds(draw):
    round = draw(table({"key": KEY}, title=LINE, grace_minutes=st.integers(0, 99)))
    if draw(st.booleans()):
        moments = sorted(draw(st.lists(MOMENT, min_size=3, max_size=3)))
        said = {f"{name}_at": moment for name, moment in zip(MOMENTS, moments, strict=True)}
    else:
        days = sorted(draw(st.lists(st.integers(0, 30), min_size=3, max_size=3, unique=True)), reverse=True)
        said = {f"{name}_days_before": day for name, day in zip(MOMENTS, days, strict=True)}
        said |= {f"{name}_time": draw(CLOCK) for name in MOMENTS}
    left_out = draw(st.sets(st.sampled_from(MOMENTS)))
    return round | {key: value for key, value in said.items() if key.partition("_")[0] not in left_out}


@st.composite
def in_rounds(draw, documents):
    """The document with some of its papers and fields in its rounds."""
    document = draw(documents)
    keys = [round["key"] for round in document.get("reviews", {}).get("rounds", [])]
    if keys:
        for meeting in document.get("meetings", []):
            for paper in meeting.get("papers", []):
                paper |= draw(table({}, review_round=st.sampled_from(keys)))
        for field in document["reviews"]["fields"]:
            field |= draw(table({}, rounds=st.lists(st.sampled_from(keys), unique=True)))
    return document


@st.composite
def meetings(draw, papers):
    """One meeting; `papers` are the keys that are still free."""
    start = draw(st.times(time(6), time(20)))
    meeting = draw(
        table(
            {"key": KEY, "date": DAY, "kind": st.sampled_from(["paper", "project", "lecture", "holiday"])},
            topic=LINE,
            room=LINE,
        )
    )
    if draw(st.booleans()):
        ends = (datetime.combine(date(2021, 1, 1), start) + timedelta(minutes=draw(st.integers(1, 180)))).time()
        meeting |= {"starts_at": start, "ends_at": ends}
    here = [papers.pop() for _ in range(min(len(papers), draw(st.integers(0, 2))))]
    optional = {
        "authors": LINE,
        "abstract": TEXT,
        "url": st.sampled_from(["", "https://example.org/p.pdf"]),
        "review_due_at": MOMENT,
    }
    meeting["papers"] = [draw(table({"title": TITLE}, **optional)) | {"key": key} for key in here]
    if draw(st.booleans()):
        own = {"guest": GUEST, "roles": ROLES, "minutes": st.integers(1, 90), "slides_due_at": MOMENT, "opens_at": MOMENT}
        meeting["slots"] = [draw(table({}, **own)) | {"paper": key} for key in here if draw(st.booleans())]
    return meeting


@st.composite
def calendars(draw):
    papers = draw(st.lists(KEY, max_size=6, unique=True))
    return draw(st.lists(meetings(papers), max_size=4, unique_by=lambda meeting: meeting["key"]))


RULES = {
    "reviews": table(
        {"fields": rows(fields(), least=1)},
        title=LINE,
        due_days_before=st.integers(0, 9),
        due_time=CLOCK,
        grace_minutes=st.integers(0, 99),
        required_count=st.integers(0, 9),
        max_points=POINTS,
        visibility=st.sampled_from(["after_own", "after_deadline", "after_mine", "always", "never"]),
        names=st.sampled_from(["shown", "hidden", "choice"]),
        rounds=rows(rounds(), most=3),
    ),
    "discussion": table({}, is_on=st.booleans()),
    "presentations": table(
        {},
        roles=ROLES,
        minutes=st.integers(1, 90),
        opens_at=MOMENT,
        wishes_close_at=MOMENT,
        wishes_rank=st.lists(st.sampled_from(["slots", "papers", "topics"]), min_size=1, unique=True),
        at_least=st.integers(0, 2),
        at_most=st.integers(2, 5),
        days_apart=st.integers(0, 9),
        withdraw_days_before=st.integers(0, 9),
        swaps=st.sampled_from(["off", "free", "approved"]),
        slides_due_days_before=st.integers(0, 9),
        slides_due_time=CLOCK,
        slides_shown=st.sampled_from(["everybody", "members", "members_after"]),
    ),
    "talks": table(
        {},
        guideline=KEY,
        sections=st.lists(table({"title": TITLE, "minutes": st.integers(1, 90)}), min_size=1, max_size=3),
        takes_questions=st.booleans(),
        takes_feedback=st.booleans(),
        feedback_days=st.integers(0, 9),
    ),
    "participation": table({}, attended_points=POINTS, discussed_points=POINTS),
    "projects": table(
        {},
        max_team_size=st.integers(1, 5),
        milestones=rows(
            table(
                {"key": KEY, "title": TITLE, "due_at": MOMENT},
                description=TEXT,
                grace_minutes=st.integers(0, 99),
                max_points=POINTS,
            )
        ),
    ),
    "reminders": table({}, hours_before=st.lists(st.integers(1, 99), unique=True, max_size=3).map(lambda h: sorted(h)[::-1])),
    "grading": table(
        {
            "weights": st.sampled_from(["scale", "sum"]),
            "components": rows(
                table({"key": KEY, "title": TITLE, "weight": POINTS.filter(lambda p: p < 1000), "source": st.just("manual")}),
                least=1,
            ),
        },
        rounding=table({}, decimals=st.integers(0, 3), mode=st.sampled_from(["half_up", "down"])),
    ),
}
COURSE = table(
    {
        "slug": st.just("generated"),
        "code": TITLE,
        "title": TITLE,
        "time_zone": st.sampled_from(["America/New_York", "UTC", "Asia/Kathmandu", "Europe/Berlin"]),
        "starts_on": st.just(date(2021, 9, 1)),
        "ends_on": st.just(date(2021, 12, 8)),
    },
    term=LINE,
    is_public=st.booleans(),
    description=TEXT,
    meets_on=st.lists(st.sampled_from(["Monday", "Tuesday", "Friday"]), unique=True),
    room=LINE,
    links=LINKS,
)
DOCUMENTS = in_rounds(table({"format": st.just(1), "course": COURSE}, pages=PAGES, meetings=calendars(), **RULES))


def has_outer_blanks(value) -> bool:
    """A line that begins or ends with blanks: the file takes it, the page trims it (and may ask for more)."""
    if isinstance(value, dict | list):
        return any(map(has_outer_blanks, value.values() if isinstance(value, dict) else value))
    return isinstance(value, str) and value != value.strip() and (not value.strip() or len(value.splitlines()) == 1)
