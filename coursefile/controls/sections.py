"""All sections and lists of the settings pages, and what has a page of its own."""

from coursefile.controls.setting import Elsewhere, Listing, Section
from coursefile.controls.words_course import COURSE, DISCUSSION, PARTICIPATION, PROJECTS, REMINDERS
from coursefile.controls.words_lists import MEETINGS, MILESTONES, PAGES, PAPERS, ROUNDS
from coursefile.controls.words_reviews import REVIEWS
from coursefile.controls.words_talks import PRESENTATIONS, TALKS

SECTIONS: dict[str, Section] = {
    section.key: section for section in (COURSE, REVIEWS, DISCUSSION, PRESENTATIONS, TALKS, PARTICIPATION, PROJECTS, REMINDERS)
}

LISTINGS: dict[str, Listing] = {listing.key: listing for listing in (MEETINGS, PAPERS, PAGES, ROUNDS, MILESTONES)}

# Every key of the schema is a control of a section or of a list, or stands here; a test holds it.
ELSEWHERE = (
    Elsewhere("reviews.fields", "What a review asks", "The review form, with a preview.", "reviews:form_detail"),
    Elsewhere("grading", "Grading policy", "Components, weights, letters, regrade requests.", "grading:policy_page"),
    Elsewhere("meetings.slots", "Who presents when", "The board: slots and presenters.", "presentations:slot_list"),
    Elsewhere("course.slug", "The course's name in addresses", "Stays: another name is another course.", url=""),
    Elsewhere("format", "Version of the course file", "Always 1.", url=""),
)
