"""The page of a talk, the page on the wall, and what the audience sends in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from core.errors import DomainError
from courses.models import Enrollment, Meeting
from courses.policies import require_member
from discussion.models import DiscussionRules
from presentations.models import Slot
from presentations.policies import may_add_slides, sees_slides
from talks import actions, policies, queries
from talks.models import MAX_ANSWER, MAX_QUESTION, TalkRules


def viewer_and_slot(user, course_slug: str, slot_key: str) -> tuple[Enrollment, Slot]:
    viewer = require_member(user, course_slug, *policies.TALK_RULES)
    return viewer, get_object_or_404(Slot.objects.filter(course=viewer.course).for_display(), key=slot_key)


def viewer_and_question(user, course_slug: str, handle: str):
    viewer = require_member(user, course_slug, *policies.TALK_RULES)
    question = get_object_or_404(queries.readable_questions(viewer).select_related("slot"), handle=handle)
    question.slot = Slot.objects.for_display().get(pk=question.slot_id)
    return viewer, question


def require_part(viewer: Enrollment) -> None:
    if not policies.may_take_part(viewer):
        raise PermissionDenied("Students and staff take part; observers look on.")


def questions_context(viewer: Enrollment, slot: Slot, *, on_the_wall: bool = False) -> dict:
    """What the fragment of questions needs."""
    return {
        "course": viewer.course,
        "slot": slot,
        "questions": queries.questions_of(viewer, slot, on_the_wall=on_the_wall),
        "on_the_wall": on_the_wall,
        "may_moderate": policies.may_moderate(viewer, slot),
        "may_vote": policies.may_take_part(viewer) and TalkRules.of(viewer.course).takes_questions_on(slot, timezone.now()),
    }


@login_required
@require_safe
def talk_detail(request, course_slug, slot_key):
    viewer, slot = viewer_and_slot(request.user, course_slug, slot_key)
    return show_talk(request, viewer, slot)


def show_talk(request, viewer: Enrollment, slot: Slot, *, typed: dict | None = None, refusal: DomainError | None = None):
    rules, now = TalkRules.of(viewer.course), timezone.now()
    given = typed if typed is not None else queries.own_feedback(viewer, slot)
    context = questions_context(viewer, slot) | {
        "enrollment": viewer,
        "sees_slides": sees_slides(viewer, slot),
        "guideline": queries.guideline_of(rules),
        "sections": rules.sections,
        "may_add_slides": may_add_slides(viewer, slot),
        "digest": queries.digest_of(viewer, slot),
        "discusses": DiscussionRules.is_on_in(viewer.course),
        "max_question": MAX_QUESTION,
        "max_answer": MAX_ANSWER,
        "fields": [field | {"given": given.get(field["key"], "")} for field in rules.feedback],
        # What was typed stays on the page, though the window has closed meanwhile.
        "gives_feedback": policies.may_give_feedback(viewer, slot)
        and (typed is not None or rules.takes_feedback_on(slot, now)),
        "feedback_closes": rules.feedback_closes(slot),
        "presents": policies.presents(viewer, slot),
        # Their page is grading's, which is above this room; until the day has come there is nothing to mark.
        "shows_marks": policies.may_read_marks(viewer, slot) and slot.meeting.date <= viewer.course.today(),
        "summary": queries.summary_of(viewer, slot),
        "may_release": policies.may_release(viewer),
        "is_released": viewer.is_staff and queries.is_released(slot),
        "answers_to_show": policies.ANSWERS_TO_SHOW,
        "refusal": refusal,
    }
    return render(request, "talks/talk_detail.html", context, status=409 if refusal else 200)


@login_required
@require_safe
def class_detail(request, course_slug, meeting_key):
    """The page on the wall."""
    viewer = require_member(request.user, course_slug, *policies.TALK_RULES)
    meeting = get_object_or_404(Meeting.objects.filter(course=viewer.course), key=meeting_key)
    turns = queries.running_order(viewer, meeting)
    context = {"course": viewer.course, "enrollment": viewer, "meeting": meeting, "turns": turns}
    return render(request, "talks/class_detail.html", context)


@login_required
@require_safe
def question_list(request, course_slug, slot_key):
    """The fragment that both pages ask for again and again."""
    viewer, slot = viewer_and_slot(request.user, course_slug, slot_key)
    context = questions_context(viewer, slot, on_the_wall="wall" in request.GET)
    return render(request, "talks/_questions.html", context)


def answered(request, viewer: Enrollment, slot: Slot, told: str):
    """After a press on a question: the fragment for htmx, otherwise back to the page that it was on."""
    on_the_wall = "wall" in request.POST
    if request.htmx:
        slot = Slot.objects.for_display().get(pk=slot.pk)
        return render(
            request, "talks/_questions.html", questions_context(viewer, slot, on_the_wall=on_the_wall) | {"told": told}
        )
    messages.info(request, told)
    if on_the_wall:
        return redirect("talks:class_detail", viewer.course.slug, slot.meeting.key)
    return redirect("talks:talk_detail", viewer.course.slug, slot.key)


@login_required
@require_POST
def question_ask(request, course_slug, slot_key):
    viewer, slot = viewer_and_slot(request.user, course_slug, slot_key)
    require_part(viewer)
    try:
        actions.ask_question(slot=slot, by=viewer, text=request.POST.get("text", ""))
    except DomainError as refusal:
        return show_talk(request, viewer, slot, refusal=refusal)
    messages.success(request, "Your question is in.")
    return redirect("talks:talk_detail", course_slug, slot_key)


@login_required
@require_POST
def question_vote(request, course_slug, handle):
    viewer, question = viewer_and_question(request.user, course_slug, handle)
    if not policies.may_vote(viewer, question):
        raise PermissionDenied("Students and staff vote, but not for a question of their own.")
    is_wanted = "take_back" not in request.POST
    try:
        actions.vote_question(question=question, by=viewer, is_wanted=is_wanted)
        told = "Your vote is in." if is_wanted else "Your vote is taken back."
    except DomainError as refusal:
        told = refusal.message
    return answered(request, viewer, question.slot, told)


@login_required
@require_POST
def question_mark(request, course_slug, handle):
    viewer, question = viewer_and_question(request.user, course_slug, handle)
    if not policies.may_moderate(viewer, question.slot):
        raise PermissionDenied("Staff and the presenters mark questions.")
    acts = {
        "answered": {"is_answered": True},
        "open": {"is_answered": False},
        "hide": {"is_hidden": True},
        "show": {"is_hidden": False},
    }
    if (act := request.POST.get("act", "")) not in acts:
        raise Http404("There is no such button.")
    try:
        actions.mark_question(question=question, by=viewer, **acts[act])
        told = {"answered": "Marked as answered.", "open": "Open again.", "hide": "Hidden.", "show": "Shown again."}[act]
    except DomainError as refusal:
        told = refusal.message
    return answered(request, viewer, question.slot, told)


@login_required
@require_POST
def feedback_give(request, course_slug, slot_key):
    viewer, slot = viewer_and_slot(request.user, course_slug, slot_key)
    if not policies.may_give_feedback(viewer, slot):
        raise PermissionDenied("Students and staff give feedback, but not on a talk of their own.")
    keys = [field["key"] for field in TalkRules.of(viewer.course).feedback]
    typed = {key: request.POST.get(f"feedback-{key}", "") for key in keys}
    try:
        actions.give_feedback(slot=slot, by=viewer, answers=typed)
    except DomainError as refusal:
        return show_talk(request, viewer, slot, typed=typed, refusal=refusal)
    messages.success(request, "Your feedback is in. You can change it until the window closes.")
    return redirect("talks:talk_detail", course_slug, slot_key)


@login_required
@require_POST
def feedback_release(request, course_slug, slot_key):
    """Of this talk, or with `all` of every one that was judged so far."""
    viewer, slot = viewer_and_slot(request.user, course_slug, slot_key)
    if not policies.may_release(viewer):
        raise PermissionDenied("Instructors release feedback.")
    if "all" in request.POST:
        count = len(actions.release_all_feedback(by=viewer))
        messages.success(request, f"Feedback on {count} talk{'' if count == 1 else 's'} is released.")
    else:
        actions.release_feedback(slot=slot, by=viewer, is_released="take_back" not in request.POST)
    return redirect("talks:talk_detail", course_slug, slot_key)
