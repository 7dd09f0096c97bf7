"""The limits of an automatic assignment, as the instructor types them."""

import re

from django import forms
from django.core.exceptions import ValidationError

from courses.models import Enrollment
from reviews import search
from reviews.assigning.runs.parameters import HIGHEST_SEED, MOST, Parameters
from reviews.queries import reviewable_papers

SEPARATORS = re.compile(r"[\s,;]+")
SPAN = re.compile(r"([0-9]{1,5})(?:[-–]([0-9]{1,5}))?", re.ASCII)


def _limit(label: str) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=MOST)


class RunForm(forms.Form):
    """`viewer` is the instructor, by whose eyes the search finds papers. `parameters` is there once the form is valid."""

    paper_least = _limit("Each paper gets at least")
    paper_most = _limit("and at most")
    student_least = _limit("Each student gets at least")
    student_most = _limit("and at most")
    search = forms.CharField(
        required=False,
        max_length=500,
        label="Only these papers",
        help_text="A search, or numbers such as 1-5. Empty: every paper whose reviews are still taken; then what students "
        "have reviewed of the others counts among their papers too.",
    )
    needs_expert = forms.BooleanField(
        required=False, label="An expert on each paper", help_text="You say who is one on a paper's list of reviewers."
    )
    apart = forms.CharField(
        required=False,
        label="Never both of these on one paper",
        help_text="Two students' emails in a line.",
        widget=forms.Textarea(attrs={"rows": 2, "class": "csv"}),
    )
    loads = forms.CharField(
        required=False,
        label="Other limits for single students",
        help_text="An email and how many papers, in a line: ada@example.edu 0-2, or ada@example.edu 2.",
        widget=forms.Textarea(attrs={"rows": 2, "class": "csv"}),
    )
    seed = forms.IntegerField(
        min_value=0,
        max_value=HIGHEST_SEED,
        initial=0,
        help_text="Decides between equally good answers; the same number gives the same answer.",
    )

    def __init__(self, viewer: Enrollment, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.viewer = viewer

    def clean_search(self) -> str:
        text = self.cleaned_data["search"].strip()
        self.papers = None
        if text:
            try:
                found = search.find(self.viewer, text).ids
            except search.SearchError as mistake:
                raise ValidationError(f"At character {mistake.position + 1}: {mistake.message}") from None
            reviewed = reviewable_papers(self.viewer.course).filter(pk__in=found)
            self.papers = tuple(reviewed.values_list("pk", flat=True))
        return text

    def clean_apart(self) -> tuple[tuple[int, int], ...]:
        lines, known = _lines(self.cleaned_data["apart"]), self._known()
        problems = [problem for number, line in enumerate(lines, 1) for problem in _problems(number, line, known)]
        if problems:
            raise ValidationError(problems)
        return tuple((known[one], known[other]) for one, other in lines)

    def clean_loads(self) -> tuple[tuple[int, int, int], ...]:
        lines = _lines(self.cleaned_data["loads"])
        known = self._known() if lines else {}
        problems = [problem for number, line in enumerate(lines, 1) if (problem := _load_problem(number, line, known))]
        if problems:
            raise ValidationError(problems)
        return tuple((known[email], *_span(span)) for email, span in lines)

    def _known(self) -> dict[str, int]:
        students = Enrollment.objects.active().students().filter(course=self.viewer.course_id)
        return {email.lower(): pk for pk, email in students.values_list("pk", "user__email")}

    def clean(self):
        for kind in ("paper", "student"):
            least, most = (self.cleaned_data.get(f"{kind}_{bound}") for bound in ("least", "most"))
            if least is not None and most is not None and least > most:
                self.add_error(f"{kind}_most", f"At least {least} and at most {most} cannot both be.")
        return self.cleaned_data

    @property
    def parameters(self) -> Parameters:
        return Parameters(papers=self.papers, **self.cleaned_data)


def _lines(text: str) -> list[list[str]]:
    return [SEPARATORS.split(line.strip().lower()) for line in text.splitlines() if line.strip()]


def _span(text: str) -> tuple[int, int] | None:
    """ "2" or "0-2"."""
    found = SPAN.fullmatch(text)
    return (int(found[1]), int(found[2] or found[1])) if found else None


def _load_problem(number: int, line: list[str], known: dict[str, int]) -> str:
    if len(line) != 2 or not (span := _span(line[1])) or span[0] > span[1]:
        return f"Line {number}: expected an email and how many papers, such as ada@example.edu 0-2."
    return "" if line[0] in known else f"Line {number}: no student of the course has the email {line[0]}."


def _problems(number: int, emails: list[str], known: dict[str, int]) -> list[str]:
    if len(emails) != 2:
        return [f"Line {number} names {len(emails)} people; expected two emails."]
    return [f"Line {number}: no student of the course has the email {email}." for email in emails if email not in known]
