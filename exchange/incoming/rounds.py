"""The round that a review comes in, and what has to be written so that it is in that round here."""

from dataclasses import replace

from courses.models import Enrollment, Paper
from exchange.incoming.reading import InReview
from reviews.models import Asks, ReviewRules, Who
from reviews.offline.names import folded
from reviews.queries.terms import ASKED, NOT_ASKED, Terms, round_of, terms_in

CAME_WITH_IT = "The round came with the review."


class RoundFinder:
    """Found by key or title. A review that is in the round already, by its paper, needs nothing; what staff decided stays."""

    def __init__(self, rules: ReviewRules):
        self.rules = rules
        self.by_name = {}
        for round in rules.rounds.by_id.values():
            self.by_name |= {folded(round.title): round, folded(round.key): round}
        self.terms = terms_in(rules.course) if rules.rounds else None

    def find(self, review: InReview, paper: Paper | None, reviewer: Enrollment | None) -> tuple[Terms | None, str]:
        """The terms to write, None for as they are, and what is to be said; None stands for whatever the file brings."""
        if not review.round:
            return None, ""
        round = self.by_name.get(folded(review.round))
        if round is None:
            there = "it counts to the round that its paper has here" if self.by_name else "it is in none"
            return None, f"The course has no round “{review.round[:60]}”: {there}."
        terms = self.terms.of(reviewer.pk, paper.pk) if reviewer and paper else self._of_anybody
        if paper and round_of(self.rules, paper, terms) == round:
            return None, ""
        if terms.round_id or terms.due_at:
            return None, f"There it is in the round “{round}”; what staff decided here about its round or deadline stays."
        wanted = replace(terms, asks=terms.asks or Asks.OPTIONAL, round_id=round.pk, reason=terms.reason or CAME_WITH_IT)
        return wanted, f"In the round “{round}”."

    @property
    def _of_anybody(self) -> Terms:
        return ASKED if self.rules.who == Who.EVERYBODY else NOT_ASKED
