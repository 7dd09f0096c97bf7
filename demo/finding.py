"""The tags that the demo's people put on papers, and the searches that they keep."""

from courses.models import Course, Enrollment, Paper
from reviews.models import Audience
from reviews.search.saved.actions import save_search
from reviews.tags.actions import change_tags
from reviews.tags.names import read_labels


def tag_and_save(course: Course, papers: list[Paper], people) -> None:
    """The class's, staff's and the first student's own."""
    tagged = [(people.instructor, papers[0:3], "compilers"), (people.assistants[0], papers[1:2], "~~check")]
    tagged.append((people.students[0], papers[2:4], "~later ~mine#2"))
    for who, chosen, words in tagged:
        change_tags(by=_in(course, who), papers=[paper.pk for paper in chosen], add=read_labels(words))
    save_search(by=_in(course, people.students[0]), name="owed", text="ire:me")
    save_search(by=_in(course, people.instructor), name="few", text="status:past cre:<20", audience=Audience.COURSE)


def _in(course: Course, who: Enrollment) -> Enrollment:
    who.course = course
    return who
