"""Every write to a discussion: comments, following, ratings; and the mails' claims."""

from discussion.actions.comments import add_comment, edit_comment, restore_comment, start_thread, withdraw_comment
from discussion.actions.following import follow_discussion
from discussion.actions.notices import claim_notice, confirm_notice, release_notice, skip_notice
from discussion.actions.rating import rate_review, take_back_rating

__all__ = [
    "add_comment",
    "claim_notice",
    "confirm_notice",
    "edit_comment",
    "follow_discussion",
    "rate_review",
    "release_notice",
    "restore_comment",
    "skip_notice",
    "start_thread",
    "take_back_rating",
    "withdraw_comment",
]
