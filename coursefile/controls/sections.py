"""All sections of the settings page, and what has a page of its own."""

from coursefile.controls.setting import Elsewhere, Section
from coursefile.controls.words_course import COURSE, DISCUSSION, PARTICIPATION, PROJECTS, REMINDERS
from coursefile.controls.words_reviews import REVIEWS
from coursefile.controls.words_talks import PRESENTATIONS, TALKS

SECTIONS: dict[str, Section] = {
    section.key: section for section in (COURSE, REVIEWS, DISCUSSION, PRESENTATIONS, TALKS, PARTICIPATION, PROJECTS, REMINDERS)
}

# Every key of the schema is a control of a section or stands here; a test holds it.
ELSEWHERE = (
    Elsewhere("reviews.fields", "What a review asks", "The review form, with a preview.", "reviews:form_detail"),
    Elsewhere("grading", "Grading policy", "Components, weights, letters, regrade requests.", "grading:policy_page"),
    Elsewhere("meetings", "Meetings, reading list, slots", "The calendar, in the course file."),
    Elsewhere("reviews.rounds", "Rounds of reviews", "Deadlines that some papers have of their own, in the course file."),
    Elsewhere("projects.milestones", "Milestones", "What teams hand in by when, in the course file."),
    Elsewhere("pages", "Parts of the course page", "Texts such as the guideline for presenters, in the course file."),
    Elsewhere("course.slug", "The course's name in addresses", "Stays: another name is another course.", url=""),
    Elsewhere("format", "Version of the course file", "Always 1.", url=""),
)
