"""Fields to pick from: what a seminar's review form usually asks."""

from reviews.models import FieldColours, FieldKind, FieldVisibility


def _scale(*labels: str) -> list[dict]:
    return [{"value": value, "label": label} for value, label in enumerate(labels, start=1)]


def _text(key: str, label: str, description: str, **more) -> dict:
    return {"key": key, "label": label, "kind": FieldKind.TEXT, "description": description} | more


def _score(key: str, label: str, *labels: str, **more) -> dict:
    return {"key": key, "label": label, "kind": FieldKind.SCORE, "options": _scale(*labels)} | more


QUALITY = ("Poor", "Below average", "Average", "Good", "Excellent")
GREEN_IS_HIGH = {"colours": FieldColours.HIGH}
READY_MADE = {
    field["key"]: field
    for field in (
        _text("summary", "Summary", "What the paper does, in your own words.", min_words=60),
        _text("strengths", "Strengths", "What is good about it, and why."),
        _text("weaknesses", "Weaknesses", "What is missing or not convincing, and why."),
        _text("questions", "Questions for the discussion", "What you would like to ask the class or the authors."),
        _text("extensions", "Extensions", "What you would do next.", is_required=False),
        _text("detailed-comments", "Detailed comments", "Anything else, by section or page.", is_required=False),
        _text("takeaway", "What you take away", "The one thing to remember in a year.", max_words=60),
        _score("merit", "Overall merit", "Reject", "Weak reject", "Borderline", "Weak accept", "Accept", **GREEN_IS_HIGH),
        _score("expertise", "Reviewer expertise", "No familiarity", "Some familiarity", "Knowledgeable", "Expert"),
        _score("confidence", "Confidence", "A guess", "Somewhat confident", "Confident", "Certain"),
        _score("novelty", "Novelty", *QUALITY, **GREEN_IS_HIGH),
        _score("writing", "Writing quality", *QUALITY, **GREEN_IS_HIGH),
        _score("evaluation", "Evaluation", *QUALITY, **GREEN_IS_HIGH),
        _score(
            "difficulty", "Difficulty of the reading", "Easy", "Some effort", "Hard", "Very hard", colours=FieldColours.LOW
        ),
        {
            "key": "recommend",
            "label": "Would you read it again next term?",
            "kind": FieldKind.CHOICE,
            "options": [{"value": value, "label": value.capitalize()} for value in ("yes", "maybe", "no")],
        },
        {"key": "read-all", "label": "I read the whole paper", "kind": FieldKind.CHECKBOX, "is_required": False},
        _text(
            "to-staff", "Remarks to staff", "Only you and staff read this.", is_required=False, visible_to=FieldVisibility.STAFF
        ),
        _text(
            "staff-note", "Staff note", "About this review; no student sees it.", is_required=False,
            visible_to=FieldVisibility.STAFF_ONLY,
        ),
    )
}  # fmt: skip
