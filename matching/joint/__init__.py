"""Several items for each person at once, with people who act as one and items too close together for one person.

`solve_jointly(Joint(...))` answers with the best of all assignments, and how far that is proven.
"""

from matching.joint.problem import LEVELS, Joint, Offer, Score, Taker, score_of
from matching.joint.solve import JointResult, solve_jointly

__all__ = ["LEVELS", "Joint", "JointResult", "Offer", "Score", "Taker", "score_of", "solve_jointly"]
