"""What is said about papers and their reviews, who follows it, and how readers rate reviews."""

from discussion.models.comment import (
    MAX_COMMENT,
    MAX_FILES,
    Attachment,
    Comment,
    CommentVersion,
    Thread,
    new_handle,
)
from discussion.models.following import Follow, Notice, Why
from discussion.models.rating import Rating, Reason, Verdict
from discussion.models.rules import DiscussionRules

__all__ = [
    "MAX_COMMENT",
    "MAX_FILES",
    "Attachment",
    "Comment",
    "CommentVersion",
    "DiscussionRules",
    "Follow",
    "Notice",
    "Rating",
    "Reason",
    "Thread",
    "Verdict",
    "Why",
    "new_handle",
]
