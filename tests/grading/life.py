"""A course's life in random acts, so that tests can ask for every moment of it again."""

from copy import deepcopy
from datetime import date, time, timedelta
from decimal import Decimal
from random import Random

from django.utils import timezone

from courses.actions import change_enrollment
from courses.models import Enrollment
from discussion.models import Comment
from grading import actions
from grading.models import Excuse, Mark
from grading.queries import grades_of, read_in_force
from grading.queries.excuses import excusable
from grading.work import work_of
from participation.actions import correct_record
from participation.models import Record
from presentations.models import SignUp
from reviews.models import Review
from tests.factories import (
    CommentFactory,
    DeliverableFactory,
    EnrollmentFactory,
    MeetingFactory,
    MilestoneFactory,
    PaperFactory,
    RatingFactory,
    ReviewVersionFactory,
    SignUpFactory,
    SlotFactory,
    SlotRoleFactory,
    SubmittedReviewFactory,
    TeamFactory,
    TeamMemberFactory,
)
from tests.grading.examples import course_with_policy, ece697il

BY_HAND = {"key": "essay", "title": "Essay", "weight": 10, "source": "manual"}
TALKED = {
    "key": "said",
    "title": "Discussion",
    "weight": 5,
    "source": "discussion",
    "steps": [{"step": "sum", "full_points": 3}],
}


def documents() -> list[dict]:
    first = ece697il()
    first["components"] += [BY_HAND, TALKED]
    second = deepcopy(first)
    second["components"][2]["steps"] = [{"step": "drop_lowest", "count": 1}, {"step": "mean"}]
    second["letters"] = [{"letter": "P", "from": 50}, {"letter": "N", "from": 0}]
    third = ece697il(weights="sum")
    third["components"][2] |= {"steps": [{"step": "mean"}], "credit": "submission"}
    return [first, second, third]


class Life:
    """`act` does one random thing by the portal's own actions, or as its rows would be written, at the clock's time."""

    def __init__(self, seed: int):
        self.random = Random(seed)
        self.documents = documents()
        self.course = course_with_policy(self.documents[0], ends_on=date(2021, 10, 30))
        self.by = EnrollmentFactory(course=self.course, role="instructor").user
        day = self.course.starts_on
        self.papers = [
            PaperFactory(course=self.course, meeting=MeetingFactory(course=self.course, date=day + timedelta(days=7 * place)))
            for place in range(4)
        ]
        self.milestones = [
            MilestoneFactory(course=self.course, key=key, due_at=self.course.at(day + timedelta(days=days), time(9)))
            for key, days in (("talk", 20), ("report", 40))
        ]
        self.roles = [
            SlotRoleFactory(slot=SlotFactory(course=self.course, meeting=paper.meeting, paper=paper)) for paper in self.papers
        ]
        self.teams = TeamFactory.create_batch(2, course=self.course)
        self.students = EnrollmentFactory.create_batch(3, course=self.course)

    @property
    def acts(self) -> list:
        return [
            self.submits, self.submits, self.marks, self.marks, self.marks, self.marks, self.clears, self.releases,
            self.releases, self.releases_student, self.hides, self.sets, self.sets, self.excuses, self.excuses_no_more,
            self.changes_policy, self.records, self.records, self.hands_in, self.signs_up, self.gives_back, self.says,
            self.withdraws, self.joins_team, self.enrolls, self.leaves, self.rates,
        ]  # fmt: skip

    def act(self) -> str:
        act = self.random.choice(self.acts)
        act()
        return act.__name__

    def student(self) -> Enrollment:
        return self.random.choice(list(Enrollment.objects.active().students().filter(course=self.course).order_by("pk")))

    def submits(self):
        student, paper = self.student(), self.random.choice(self.papers)
        review = Review.objects.filter(paper=paper, reviewer=student).first()
        now, is_late = timezone.now(), self.random.random() < 0.3
        if review is None:
            SubmittedReviewFactory(paper=paper, reviewer=student, version__submitted_at=now, version__is_late=is_late)
            return
        number = review.versions.count() + 1
        review.current = ReviewVersionFactory(review=review, number=number, submitted_at=now, is_late=is_late)
        review.save()

    def targets(self) -> list[dict]:
        reviews = Review.objects.filter(course=self.course).select_related("course", "current", "reviewer")
        sign_ups = SignUp.objects.standing().filter(role__slot__course=self.course).select_related("enrollment__course")
        teams = [team for team in self.teams if team.members.exists()]
        return [
            *({"review": review} for review in reviews),
            *({"sign_up": sign_up} for sign_up in sign_ups),
            *({"milestone": milestone, "team": team} for milestone in self.milestones for team in teams),
            *({"component": "essay", "enrollment": self.student()} for _ in range(2)),
        ]

    def marks(self, points: Decimal | None = None):
        target = self.random.choice(self.targets())
        if "component" in target and read_in_force(self.course)[1].leaf("essay") is None:
            return
        mark = work_of(**target).mark()
        if points is None:
            points = Decimal(self.random.randrange(0, 1000)).scaleb(-2)
        comment = self.random.choice(["", "Fine.", "See page 3."])
        actions.set_mark(points=points, comment=comment, revision=mark.revision if mark else 0, by=self.by, **target)

    def clears(self):
        for mark in Mark.objects.filter(course=self.course, points__isnull=False, review__isnull=False).order_by("?")[:1]:
            actions.set_mark(review=mark.review, points=None, comment="", revision=mark.revision, by=self.by)

    def component(self) -> str:
        found = [
            leaf.key for leaf in read_in_force(self.course)[1].leaves() if leaf.source not in ("participation", "discussion")
        ]
        return self.random.choice([key for key in found if key != "reviews" or self.has_marks_of_reviews()])

    def has_marks_of_reviews(self) -> bool:
        return read_in_force(self.course)[1].leaf("reviews").credit == "marks"

    def releases(self):
        actions.release_component(course=self.course, component_key=self.component(), by=self.by)

    def hides(self):
        actions.hide_component(course=self.course, component_key=self.component(), by=self.by)

    def releases_student(self):
        self.random.choice([actions.release_student, actions.hide_student])(student=self.student(), by=self.by)

    def sets(self):
        policy, how = read_in_force(self.course)[1], self.random.choice(["component", "letter", "back"])
        component = self.random.choice([found.key for found in policy.walk()]) if how != "letter" else ""
        actions.set_override(
            student=self.student(),
            component=component,
            percent=Decimal(self.random.randrange(0, 200)) if how == "component" else None,
            letter=self.random.choice(policy.letter_names) if how == "letter" else "",
            reason=f"Reason {self.random.random()}",
            is_shown=self.random.random() < 0.5,
            by=self.by,
        )

    def excuses(self):
        student = self.student()
        grade = grades_of(self.course, audience="staff", enrollment_ids=[student.pk])[student.pk]
        there = sorted(excusable(grade.facts.sources))
        standing = set(Excuse.objects.filter(enrollment=student, revoked_at=None).values_list("source", "item"))
        if there and (place := self.random.choice(there)) not in standing:
            actions.excuse(student=student, source=place[0], item=place[1], reason="illness", by=self.by)

    def excuses_no_more(self):
        for excuse in Excuse.objects.filter(enrollment__course=self.course, revoked_at=None)[:1]:
            actions.revoke_excuse(excuse=excuse, by=self.by)

    def changes_policy(self):
        actions.set_policy(course=self.course, document=self.random.choice(self.documents), by=self.by)

    def records(self):
        begun = [paper.meeting for paper in self.papers if paper.meeting.date < self.course.local(timezone.now()).date()]
        if not begun:
            return
        meeting, student = self.random.choice(begun), self.student()
        record = Record.objects.filter(meeting=meeting, enrollment=student).first()
        attended = self.random.random() < 0.7
        discussed = attended and self.random.random() < 0.5
        correct_record(
            meeting=meeting,
            enrollment=student,
            attended=attended,
            discussed=discussed,
            revision=record.revision if record else None,
            by=self.by,
        )

    def hands_in(self):
        milestone, team = self.random.choice(self.milestones), self.random.choice(self.teams)
        number = team.deliverables.filter(milestone=milestone).count() + 1
        is_late = timezone.now() > milestone.due_at
        DeliverableFactory(team=team, milestone=milestone, number=number, is_late=is_late)

    def signs_up(self):
        student, role = self.student(), self.random.choice(self.roles)
        if not SignUp.objects.filter(role=role, enrollment=student).exists():  # what stands again counts throughout
            SignUpFactory(role=role, enrollment=student)

    def gives_back(self):
        for sign_up in SignUp.objects.standing().filter(role__slot__course=self.course)[:1]:
            sign_up.withdrawn_at = timezone.now()
            sign_up.save()

    def says(self):
        CommentFactory(thread__paper=self.random.choice(self.papers), author=self.student())

    def withdraws(self):
        for comment in Comment.objects.standing().filter(author__course=self.course)[:1]:
            comment.withdrawn_at, comment.withdrawn_by = timezone.now(), comment.author
            comment.save()

    def joins_team(self):
        student = self.student()
        if not hasattr(student, "team_member"):
            TeamMemberFactory(team=self.random.choice(self.teams), enrollment=student)

    def enrolls(self):
        EnrollmentFactory(course=self.course)

    def leaves(self):
        students = list(Enrollment.objects.active().students().filter(course=self.course).order_by("pk"))
        if len(students) > 3:
            role = self.random.choice(["student", "observer"])
            change_enrollment(enrollment=students[-1], role=role, section="", is_active=role != "student")

    def rates(self):
        for review in Review.objects.filter(course=self.course).order_by("pk")[:1]:
            RatingFactory(review=review, rater=EnrollmentFactory(course=self.course, role="observer"))
