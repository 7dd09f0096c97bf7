"""What would become of a grade: computed from what its reader may know, and not stored."""

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import api_view
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from grading.api.schema import WhatIfSerializer
from grading.policies import audience_of, require_graded
from grading.presenting import outlook_of, present_what_if
from grading.queries import grades_of
from grading.what_if import read_typed


@extend_schema(
    summary="What if: both totals with marks that you make up, and what is outstanding",
    description="Every query parameter is the `name` of outstanding work with points for it: `?reviews:paper-3=8`. Without "
    "any, the answer is the grade as it is. Nothing is stored. A student's answer knows released marks only.",
    parameters=[
        OpenApiParameter(
            "marks",
            {"type": "object", "additionalProperties": {"type": "string"}},
            style="form",
            explode=True,
            description="Points by the `name` of outstanding work",
        )
    ],
    responses=WhatIfSerializer,
)
@api_view(["GET"])
def what_if(request, course_slug, student_id):
    enrollment = require_graded(request.user, course_slug)
    if not enrollment.is_instructor and student_id != enrollment.pk:
        raise Http404("No such student.")
    grades = grades_of(enrollment.course, audience=audience_of(enrollment), enrollment_ids=[student_id])
    if student_id not in grades:
        raise Http404("No such student.")
    grade = grades[student_id]
    typed = read_typed(grade, request.query_params)
    errors = typed.errors | dict.fromkeys(typed.unknown, "This student has no outstanding work of this name.")
    if errors:
        raise ValidationError({name: [words] for name, words in errors.items()})
    shown = present_what_if(grade, typed.points) | {"outlook": outlook_of(grade)}
    return Response(shown, headers={"Cache-Control": "private, no-cache"})


what_if.cls.scope_resource = "grades"
