"""Who sees which reviews share passages. `Pair.objects.visible_to` is the set to `may_see`.

Staff only, whatever the course shows its students: instructors everything, an assistant what both reviewers of are
students whose work they mark.
"""

from courses.models import Enrollment
from courses.policies import may_mark_work_of
from similarity.models import Pair


def may_see(viewer: Enrollment, pair: Pair) -> bool:
    if not (viewer.is_active and viewer.is_staff) or viewer.course_id != pair.first.course_id:
        return False
    reviews = [pair.first, pair.second] if pair.second_id else [pair.first]
    return viewer.is_instructor or all(may_mark_work_of(viewer, review.reviewer) for review in reviews)
