"""Questions, votes and feedback over REST, with the rules of the pages: /api/v1/courses/{slug}/slots/{key}/questions/."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import viewsets
from rest_framework.response import Response

from courses.models import Enrollment
from courses.policies import require_member, students_marked_by
from presentations.models import Slot
from talks import actions, policies, queries
from talks.models import Question, TalkRules
from talks.serializers import (
    FeedbackReleasedSerializer,
    FeedbackSerializer,
    GivenSerializer,
    GiveSerializer,
    MarkSerializer,
    QuestionAskSerializer,
    QuestionSerializer,
    SummaryViewSerializer,
)


class TalkViewSet(viewsets.GenericViewSet):
    scope_resource = "presentations"
    filter_backends = ()
    pagination_class = None

    def viewer(self, course_slug) -> Enrollment:
        return require_member(self.request.user, course_slug, *policies.TALK_RULES)

    def viewer_and_slot(self, course_slug, slot_key) -> tuple[Enrollment, Slot]:
        viewer = self.viewer(course_slug)
        return viewer, get_object_or_404(Slot.objects.filter(course=viewer.course).for_display(), key=slot_key)

    def viewer_and_question(self, course_slug, handle) -> tuple[Enrollment, Question]:
        viewer = self.viewer(course_slug)
        question = get_object_or_404(queries.readable_questions(viewer), handle=handle)
        question.slot = Slot.objects.for_display().get(pk=question.slot_id)
        return viewer, question


class QuestionViewSet(TalkViewSet):
    """Questions on a talk, the most wanted first, those that were answered last."""

    queryset = Question.objects.none()
    serializer_class = QuestionSerializer

    @extend_schema(operation_id="questions_list", responses=QuestionSerializer(many=True))
    def list(self, request, course_slug, slot_key):
        viewer, slot = self.viewer_and_slot(course_slug, slot_key)
        return Response(QuestionSerializer(queries.questions_of(viewer, slot), many=True).data)

    @extend_schema(operation_id="question_ask", request=QuestionAskSerializer, responses={201: QuestionSerializer})
    def create(self, request, course_slug, slot_key):
        viewer, slot = self.viewer_and_slot(course_slug, slot_key)
        require_part(viewer)
        given = QuestionAskSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        question = actions.ask_question(slot=slot, by=viewer, **given.validated_data)
        question.slot = slot
        return self.question(viewer, question, status=201)

    @extend_schema(operation_id="question_retrieve")
    def retrieve(self, request, course_slug, handle):
        return self.question(*self.viewer_and_question(course_slug, handle))

    @extend_schema(operation_id="question_mark", request=MarkSerializer, responses=QuestionSerializer)
    def partial_update(self, request, course_slug, handle):
        """Mark it as answered, or hide it; for staff and the presenters."""
        viewer, question = self.viewer_and_question(course_slug, handle)
        if not policies.may_moderate(viewer, question.slot):
            raise PermissionDenied("Staff and the presenters mark questions.")
        given = MarkSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        actions.mark_question(question=question, by=viewer, **given.validated_data)
        return self.question(viewer, question)

    @extend_schema(operation_id="question_vote", request=None, responses=QuestionSerializer)
    def vote(self, request, course_slug, handle):
        viewer, question = self.viewer_and_question(course_slug, handle)
        if not policies.may_vote(viewer, question):
            raise PermissionDenied("Students and staff vote, but not for a question of their own.")
        actions.vote_question(question=question, by=viewer)
        return self.question(viewer, question)

    @extend_schema(operation_id="question_vote_take_back", request=None, responses=QuestionSerializer)
    def take_back(self, request, course_slug, handle):
        viewer, question = self.viewer_and_question(course_slug, handle)
        if not policies.may_vote(viewer, question):
            raise PermissionDenied("Students and staff vote, but not for a question of their own.")
        actions.vote_question(question=question, by=viewer, is_wanted=False)
        return self.question(viewer, question)

    @staticmethod
    def question(viewer, question: Question, *, status: int = 200) -> Response:
        shown = next(each for each in queries.questions_of(viewer, question.slot) if each.handle == question.handle)
        return Response(QuestionSerializer(shown).data, status=status)


class FeedbackViewSet(TalkViewSet):
    """One's own feedback on a talk, what was said of it, and its release."""

    queryset = Question.objects.none()
    serializer_class = FeedbackSerializer

    @extend_schema(operation_id="talk_feedback_retrieve")
    def retrieve(self, request, course_slug, slot_key):
        """The course's form, and what you have filled in."""
        return self.own(*self.judge_and_slot(course_slug, slot_key))

    @extend_schema(operation_id="talk_feedback_give", request=GiveSerializer, responses=FeedbackSerializer)
    def update(self, request, course_slug, slot_key):
        """In place of what you said before."""
        viewer, slot = self.judge_and_slot(course_slug, slot_key)
        given = GiveSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        actions.give_feedback(slot=slot, by=viewer, **given.validated_data)
        return self.own(viewer, slot)

    @extend_schema(operation_id="feedback_summary", responses=SummaryViewSerializer)
    def summary(self, request, course_slug, slot_key):
        """For staff, and for the presenters once it is released and no more comes in."""
        viewer, slot = self.viewer_and_slot(course_slug, slot_key)
        if not (viewer.is_staff or policies.presents(viewer, slot)):
            raise Http404("No such summary.")
        return Response(SummaryViewSerializer({"summary": queries.summary_of(viewer, slot)}).data)

    @extend_schema(operation_id="feedback_release", request=None, responses=SummaryViewSerializer)
    def release(self, request, course_slug, slot_key):
        return self.released(course_slug, slot_key, is_released=True)

    @extend_schema(operation_id="feedback_release_all", request=None, responses={200: FeedbackReleasedSerializer})
    def release_all(self, request, course_slug):
        """For instructors: of every talk that was judged so far."""
        viewer = self.viewer(course_slug)
        if not policies.may_release(viewer):
            raise PermissionDenied("Instructors release feedback.")
        slots = actions.release_all_feedback(by=viewer)
        return Response(FeedbackReleasedSerializer({"slots": [slot.key for slot in slots]}).data)

    @extend_schema(operation_id="feedback_release_take_back", request=None, responses={200: SummaryViewSerializer})
    def take_back(self, request, course_slug, slot_key):
        return self.released(course_slug, slot_key, is_released=False)

    @extend_schema(operation_id="feedback_given_list", responses=GivenSerializer(many=True))
    def given(self, request, course_slug):
        """For staff, of the students they mark: on which talks each gave feedback, never what they said."""
        viewer = self.viewer(course_slug)
        if not viewer.is_staff:
            raise PermissionDenied("Who gave feedback is for staff.")
        students = list(students_marked_by(viewer).for_display())
        facts = queries.feedback_facts(viewer.course, only=[student.pk for student in students])
        rows = [{"id": student.pk, "name": student.user.name, "talks": facts.get(student.pk, [])} for student in students]
        return Response(GivenSerializer(rows, many=True).data)

    def judge_and_slot(self, course_slug, slot_key):
        viewer, slot = self.viewer_and_slot(course_slug, slot_key)
        if not policies.may_give_feedback(viewer, slot):
            raise PermissionDenied("Students and staff give feedback, but not on a talk of their own.")
        return viewer, slot

    def released(self, course_slug, slot_key, *, is_released: bool) -> Response:
        viewer, slot = self.viewer_and_slot(course_slug, slot_key)
        if not policies.may_release(viewer):
            raise PermissionDenied("Instructors release feedback.")
        actions.release_feedback(slot=slot, by=viewer, is_released=is_released)
        return Response(SummaryViewSerializer({"summary": queries.summary_of(viewer, slot)}).data)

    @staticmethod
    def own(viewer: Enrollment, slot: Slot) -> Response:
        rules = TalkRules.of(viewer.course)
        body = {
            "form": rules.feedback,
            "answers": queries.own_feedback(viewer, slot),
            "opens_at": slot.start,
            "closes_at": rules.feedback_closes(slot),
        }
        return Response(FeedbackSerializer(body).data)


def require_part(viewer: Enrollment) -> None:
    if not policies.may_take_part(viewer):
        raise PermissionDenied("Students and staff take part; observers look on.")


COURSE = "courses/<slug:course_slug>/"
TALK = f"{COURSE}slots/<slug:slot_key>/"
QUESTION = f"{COURSE}questions/<slug:handle>/"
VOTE = {"put": "vote", "delete": "take_back"}
urlpatterns = [
    path(f"{TALK}questions/", QuestionViewSet.as_view({"get": "list", "post": "create"}), name="question_list"),
    path(QUESTION, QuestionViewSet.as_view({"get": "retrieve", "patch": "partial_update"}), name="question_detail"),
    path(f"{QUESTION}vote/", QuestionViewSet.as_view(VOTE), name="question_vote"),
    path(f"{TALK}feedback/", FeedbackViewSet.as_view({"get": "retrieve", "put": "update"}), name="talk_feedback"),
    path(f"{TALK}feedback-summary/", FeedbackViewSet.as_view({"get": "summary"}), name="feedback_summary"),
    path(
        f"{TALK}feedback-release/", FeedbackViewSet.as_view({"put": "release", "delete": "take_back"}), name="feedback_release"
    ),
    path(f"{COURSE}feedback-release/", FeedbackViewSet.as_view({"put": "release_all"}), name="feedback_release_all"),
    path(f"{COURSE}feedback-given/", FeedbackViewSet.as_view({"get": "given"}), name="feedback_given"),
]
