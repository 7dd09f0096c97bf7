"""One factory a model. Dates are fixed: tests that care about time travel with time-machine."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache

import factory
from allauth.idp.oidc.models import Client
from django.contrib.auth.hashers import make_password
from factory.django import DjangoModelFactory

from accounts.models import Token, User
from courses.models import Course, Enrollment, JoinLink, Meeting, Page, Paper
from digest.models import Digest, Pick
from discussion.models import Attachment, Comment, DiscussionRules, Follow, Rating, Thread
from feed.models import Delivery, Webhook
from grading.models import Excuse, Mark, Policy, RegradeMessage, RegradeRequest, Snippet, StaffNote
from machines.models import Grant, MachineClient, Pull
from participation.models import ParticipationRules, Record
from planner.models import Reminder, ReminderRules
from presentations.models import PresentationRules, SignUp, Slides, Slot, SlotRole
from projects.models import Deliverable, Milestone, ProjectRules, Team, TeamMember
from reviews.models import Field, Review, ReviewForm, ReviewRules, ReviewVersion, Round, SavedSearch, Score, Tag
from similarity.models import Comparison, Pair
from talks.models import Question


@cache
def hashed(password: str) -> str:
    return make_password(password)


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@example.edu")
    name = factory.Sequence(lambda n: f"Person {n}")
    password = factory.LazyFunction(lambda: hashed("correct horse battery"))


class TokenFactory(DjangoModelFactory):
    """`TokenFactory(secret="cp_x")` is used with `Authorization: Bearer cp_x`."""

    class Meta:
        model = Token

    class Params:
        secret = factory.Sequence(lambda n: f"cp_secret{n}")

    user = factory.SubFactory(UserFactory)
    name = "Notebook"
    hint = factory.LazyAttribute(lambda token: token.secret[:8])
    digest = factory.LazyAttribute(lambda token: Token.digest_of(token.secret))
    scopes = factory.LazyFunction(lambda: ["grades:read"])
    expires_at = datetime(2099, 1, 1, tzinfo=UTC)


class CourseFactory(DjangoModelFactory):
    class Meta:
        model = Course

    slug = factory.Sequence(lambda n: f"course-{n}")
    code = factory.Sequence(lambda n: f"C{n}")
    title = "ML and Systems"
    term = "Fall 2021"
    time_zone = "America/New_York"
    starts_on = date(2021, 9, 1)
    ends_on = date(2021, 12, 8)
    meets_on = factory.LazyFunction(lambda: ["Tuesday", "Thursday"])
    meets_from = time(8, 30)
    meets_until = time(9, 45)
    room = "Marston Hall 211"
    is_public = False


class EnrollmentFactory(DjangoModelFactory):
    class Meta:
        model = Enrollment

    course = factory.SubFactory(CourseFactory)
    user = factory.SubFactory(UserFactory)
    role = "student"


class JoinLinkFactory(DjangoModelFactory):
    class Meta:
        model = JoinLink

    course = factory.SubFactory(CourseFactory)
    created_by = factory.SubFactory(UserFactory)


class PageFactory(DjangoModelFactory):
    class Meta:
        model = Page

    course = factory.SubFactory(CourseFactory)
    key = factory.Sequence(lambda n: f"page-{n}")
    title = "Presentation guideline"
    body = "Start with the motivation."


class MeetingFactory(DjangoModelFactory):
    class Meta:
        model = Meeting

    course = factory.SubFactory(CourseFactory)
    key = factory.Sequence(lambda n: f"m{n}")
    date = date(2021, 9, 2)
    starts_at = time(8, 30)
    ends_at = time(9, 45)
    topic = "Transformer"
    kind = "paper"


class PaperFactory(DjangoModelFactory):
    class Meta:
        model = Paper

    course = factory.SubFactory(CourseFactory)
    meeting = factory.SubFactory(MeetingFactory, course=factory.SelfAttribute("..course"))
    key = factory.Sequence(lambda n: f"paper-{n}")
    title = factory.Sequence(lambda n: f"Paper {n}")
    url = "https://example.org/paper.pdf"


class ReviewFormFactory(DjangoModelFactory):
    class Meta:
        model = ReviewForm

    course = factory.SubFactory(CourseFactory)
    key = factory.Sequence(lambda n: f"form-{n}")


class TagFactory(DjangoModelFactory):
    """`audience="own"` needs an `owner`."""

    class Meta:
        model = Tag

    paper = factory.SubFactory("tests.factories.PaperFactory")
    course = factory.SelfAttribute("paper.course")
    audience = "course"
    name = factory.Sequence(lambda n: f"tag{n}")


class SavedSearchFactory(DjangoModelFactory):
    class Meta:
        model = SavedSearch

    owner = factory.SubFactory("tests.factories.EnrollmentFactory")
    course = factory.SelfAttribute("owner.course")
    audience = "own"
    name = factory.Sequence(lambda n: f"search{n}")
    text = "rammer"


class FieldFactory(DjangoModelFactory):
    class Meta:
        model = Field

    form = factory.SubFactory(ReviewFormFactory)
    key = factory.Sequence(lambda n: f"field-{n}")
    label = "Summary"
    kind = "text"


class ScoreFieldFactory(FieldFactory):
    label = "Overall merit"
    kind = "score"
    options = factory.LazyFunction(
        lambda: [
            {"value": n, "label": label} for n, label in enumerate(["Reject", "Weak", "Fair", "Good", "Excellent"], start=1)
        ]
    )


class ReviewRulesFactory(DjangoModelFactory):
    class Meta:
        model = ReviewRules

    course = factory.SubFactory(CourseFactory)
    form = factory.SubFactory(ReviewFormFactory, course=factory.SelfAttribute("..course"))
    required_count = 20


class RoundFactory(DjangoModelFactory):
    class Meta:
        model = Round

    course = factory.SubFactory(CourseFactory)
    key = factory.Sequence(lambda n: f"round-{n}")


class ReviewFactory(DjangoModelFactory):
    """A draft; `SubmittedReviewFactory` makes one that is in."""

    class Meta:
        model = Review

    paper = factory.SubFactory(PaperFactory)
    course = factory.SelfAttribute("paper.course")
    reviewer = factory.SubFactory(EnrollmentFactory, course=factory.SelfAttribute("..paper.course"))
    answers = factory.LazyFunction(dict)


class ReviewVersionFactory(DjangoModelFactory):
    class Meta:
        model = ReviewVersion

    review = factory.SubFactory(ReviewFactory)
    number = factory.Sequence(lambda n: n + 1)
    answers = factory.SelfAttribute("review.answers")
    submitted_at = datetime(2021, 9, 1, 12, 0, tzinfo=UTC)


class SubmittedReviewFactory(ReviewFactory):
    class Meta:
        skip_postgeneration_save = True

    @factory.post_generation
    def version(self, create, extracted, **kwargs):
        self.current = ReviewVersionFactory(review=self, number=1, **kwargs)
        self.has_unsubmitted_changes = False
        self.save()


class ScoreFactory(DjangoModelFactory):
    class Meta:
        model = Score

    review = factory.SubFactory(SubmittedReviewFactory)
    field = factory.SubFactory(ScoreFieldFactory)
    value = 4


class DigestFactory(DjangoModelFactory):
    class Meta:
        model = Digest

    paper = factory.SubFactory(PaperFactory)


class PickFactory(DjangoModelFactory):
    class Meta:
        model = Pick

    digest = factory.SubFactory(DigestFactory, paper=factory.SelfAttribute("..version.review.paper"))
    version = factory.SubFactory(ReviewVersionFactory)
    field_key = "strengths"
    quote = "The evaluation is thorough."
    position = factory.Sequence(lambda n: n + 1)
    made_by = factory.SubFactory(UserFactory)


class ComparisonFactory(DjangoModelFactory):
    class Meta:
        model = Comparison

    paper = factory.SubFactory(PaperFactory)


class PairFactory(DjangoModelFactory):
    """Two submitted reviews of `comparison`'s paper."""

    class Meta:
        model = Pair

    comparison = factory.SubFactory(ComparisonFactory)
    first = factory.SubFactory(SubmittedReviewFactory, paper=factory.SelfAttribute("..comparison.paper"))
    second = factory.SubFactory(SubmittedReviewFactory, paper=factory.SelfAttribute("..comparison.paper"))
    first_version = factory.SelfAttribute("first.current")
    second_version = factory.SelfAttribute("second.current")
    words = 30
    share = Decimal("12.5")


class DiscussionRulesFactory(DjangoModelFactory):
    class Meta:
        model = DiscussionRules

    course = factory.SubFactory(CourseFactory)


class ThreadFactory(DjangoModelFactory):
    """On a paper; with `review=`, on that review."""

    class Meta:
        model = Thread

    review = None
    paper = factory.LazyAttribute(lambda thread: thread.review.paper if thread.review else PaperFactory())


class CommentFactory(DjangoModelFactory):
    class Meta:
        model = Comment

    thread = factory.SubFactory(ThreadFactory)
    number = factory.LazyAttribute(lambda comment: comment.thread.comments.count() + 1)
    author = factory.SubFactory(EnrollmentFactory, course=factory.SelfAttribute("..thread.paper.course"))
    is_by_staff = factory.LazyAttribute(lambda comment: comment.author.is_staff)
    text = "Why only one data set?"
    html = factory.LazyAttribute(lambda comment: f"<p>{comment.text}</p>")


class AttachmentFactory(DjangoModelFactory):
    class Meta:
        model = Attachment

    comment = factory.SubFactory(CommentFactory)
    file = factory.django.FileField(filename="numbers.txt", data=b"1 2 3")
    kind = "text"
    name = "numbers.txt"
    size = 5


class FollowFactory(DjangoModelFactory):
    class Meta:
        model = Follow

    paper = factory.SubFactory(PaperFactory)
    enrollment = factory.SubFactory(EnrollmentFactory, course=factory.SelfAttribute("..paper.course"))


class RatingFactory(DjangoModelFactory):
    class Meta:
        model = Rating

    review = factory.SubFactory(SubmittedReviewFactory)
    rater = factory.SubFactory(EnrollmentFactory, course=factory.SelfAttribute("..review.course"))
    verdict = "helpful"


class QuestionFactory(DjangoModelFactory):
    class Meta:
        model = Question

    slot = factory.SubFactory("tests.factories.SlotFactory")
    author = factory.SubFactory(EnrollmentFactory, course=factory.SelfAttribute("..slot.course"))
    text = "Why?"


class PresentationRulesFactory(DjangoModelFactory):
    """Sign-up is open, from long ago until each meeting."""

    class Meta:
        model = PresentationRules

    course = factory.SubFactory(CourseFactory)
    opens_at = datetime(2021, 1, 1, tzinfo=UTC)


class SlotFactory(DjangoModelFactory):
    class Meta:
        model = Slot

    course = factory.SubFactory(CourseFactory)
    meeting = factory.SubFactory(MeetingFactory, course=factory.SelfAttribute("..course"))
    paper = factory.SubFactory(
        PaperFactory, course=factory.SelfAttribute("..course"), meeting=factory.SelfAttribute("..meeting")
    )
    key = factory.Sequence(lambda n: f"slot-{n}")


class SlotRoleFactory(DjangoModelFactory):
    class Meta:
        model = SlotRole

    slot = factory.SubFactory(SlotFactory)
    key = "presenter"
    title = "Presenter"


class SignUpFactory(DjangoModelFactory):
    class Meta:
        model = SignUp

    role = factory.SubFactory(SlotRoleFactory)
    enrollment = factory.SubFactory(EnrollmentFactory, course=factory.SelfAttribute("..role.slot.course"))


class SlidesFactory(DjangoModelFactory):
    class Meta:
        model = Slides

    slot = factory.SubFactory(SlotFactory)
    number = 1
    url = "https://example.org/slides"
    uploaded_by = factory.SubFactory(UserFactory)


class ProjectRulesFactory(DjangoModelFactory):
    class Meta:
        model = ProjectRules

    course = factory.SubFactory(CourseFactory)


class TeamFactory(DjangoModelFactory):
    class Meta:
        model = Team

    course = factory.SubFactory(CourseFactory)
    name = factory.Sequence(lambda n: f"Team {n}")


class TeamMemberFactory(DjangoModelFactory):
    class Meta:
        model = TeamMember

    team = factory.SubFactory(TeamFactory)
    enrollment = factory.SubFactory(EnrollmentFactory, course=factory.SelfAttribute("..team.course"))


class MilestoneFactory(DjangoModelFactory):
    class Meta:
        model = Milestone

    course = factory.SubFactory(CourseFactory)
    key = factory.Sequence(lambda n: f"milestone-{n}")
    title = "Project report"
    due_at = datetime(2021, 12, 8, 4, 59, tzinfo=UTC)
    max_points = Decimal(20)


class DeliverableFactory(DjangoModelFactory):
    class Meta:
        model = Deliverable

    team = factory.SubFactory(TeamFactory)
    milestone = factory.SubFactory(MilestoneFactory, course=factory.SelfAttribute("..team.course"))
    number = 1
    url = "https://example.org/report"
    submitted_by = factory.SubFactory(UserFactory)


class ParticipationRulesFactory(DjangoModelFactory):
    class Meta:
        model = ParticipationRules

    course = factory.SubFactory(CourseFactory)


class RecordFactory(DjangoModelFactory):
    class Meta:
        model = Record

    meeting = factory.SubFactory(MeetingFactory)
    enrollment = factory.SubFactory(EnrollmentFactory, course=factory.SelfAttribute("..meeting.course"))
    attended = True


class PolicyFactory(DjangoModelFactory):
    class Meta:
        model = Policy

    course = factory.SubFactory(CourseFactory)
    number = 1
    document = factory.LazyFunction(dict)


class OAuthClientFactory(DjangoModelFactory):
    class Meta:
        model = Client

    name = "Sync"


class MachineClientFactory(DjangoModelFactory):
    class Meta:
        model = MachineClient

    oauth = factory.SubFactory(OAuthClientFactory)
    user = factory.SubFactory(UserFactory, is_active=False)
    name = "Sync"
    scopes = factory.LazyFunction(lambda: ["grades:read"])
    sees = "all"
    created_by = factory.SubFactory(UserFactory)
    expires_at = datetime(2099, 1, 1, tzinfo=UTC)


class GrantFactory(DjangoModelFactory):
    class Meta:
        model = Grant

    client = factory.SubFactory(MachineClientFactory)
    course = factory.SubFactory(CourseFactory)
    granted_by = factory.SelfAttribute("client.created_by")


class PullFactory(DjangoModelFactory):
    class Meta:
        model = Pull

    course = factory.SubFactory(CourseFactory)
    user = factory.SubFactory(UserFactory)
    via = "session"
    address = "/api/v1/courses/x/grades/"
    status = 200


class MarkFactory(DjangoModelFactory):
    """The mark of a review; pass review=None with another target for the other kinds."""

    class Meta:
        model = Mark

    review = factory.SubFactory(SubmittedReviewFactory)
    course = factory.SelfAttribute("review.course")
    points = Decimal("8.5")
    marked_by = factory.SubFactory(UserFactory)


class ExcuseFactory(DjangoModelFactory):
    class Meta:
        model = Excuse

    enrollment = factory.SubFactory(EnrollmentFactory)
    source = "reviews"
    item = "p1"
    reason = "illness"
    made_by = factory.SubFactory(UserFactory)


class SnippetFactory(DjangoModelFactory):
    class Meta:
        model = Snippet

    course = factory.SubFactory(CourseFactory)
    text = factory.Sequence(lambda n: f"Say how it was measured ({n}).")
    created_by = factory.SubFactory(UserFactory)


class StaffNoteFactory(DjangoModelFactory):
    class Meta:
        model = StaffNote

    enrollment = factory.SubFactory(EnrollmentFactory)
    text = "Ill in October"
    written_by = factory.SubFactory(UserFactory)


class RegradeRequestFactory(DjangoModelFactory):
    """An open request about a released mark, with its first message."""

    class Meta:
        model = RegradeRequest
        skip_postgeneration_save = True

    course = factory.SelfAttribute("asked_by.course")
    points_contested = factory.SelfAttribute("mark.released_points")

    @factory.post_generation
    def text(self, create, extracted, **kwargs):
        text = extracted or "The second question is answered on page 3."
        RegradeMessage.objects.create(request=self, author=self.asked_by.user, is_by_staff=False, text=text)


class WebhookFactory(DjangoModelFactory):
    class Meta:
        model = Webhook

    course = factory.SubFactory(CourseFactory)
    url = factory.Sequence(lambda n: f"https://registrar.example.edu/{n}")
    events = ["grade.released", "grade.changed", "policy.changed"]


class DeliveryFactory(DjangoModelFactory):
    class Meta:
        model = Delivery

    webhook = factory.SubFactory(WebhookFactory)
    number = factory.Sequence(lambda n: n + 1)
    event = "grade.changed"
    body = "{}"


class ReminderRulesFactory(DjangoModelFactory):
    class Meta:
        model = ReminderRules

    course = factory.SubFactory(CourseFactory)


class ReminderFactory(DjangoModelFactory):
    class Meta:
        model = Reminder

    enrollment = factory.SubFactory(EnrollmentFactory)
    kind = "review"
    key = "paper-1"
    due_at = datetime(2021, 9, 2, 3, 59, tzinfo=UTC)
    hours_before = 24
    title = "Paper 1"
