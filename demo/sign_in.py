"""What the terminal shows when the demo is up: where to go, who to be, and a curl that works."""

from django.conf import settings

from accounts.actions import create_token, revoke_token
from accounts.models import Scope, Token, User
from demo.seed import PASSWORD, SLUG

TOKEN_NAME = "Demo"  # noqa: S105 - a name, not a secret

CARD = """
CoursePortal runs at {address}

  Student      student01@example.edu
  Assistant    assistant@example.edu
  Instructor   instructor@example.edu
  Password     {password}

  Course page  {address}/c/{slug}/
  Mail sent    {mail}
  API          {address}/api/v1/docs/

Pull the grades:

  curl -H "Authorization: Bearer {secret}" {address}/api/v1/courses/{slug}/grades/

Four more lines stand at the top of docs/api.md. They want

  SITE={address} TOKEN={secret}

Stop with Ctrl-C; everything is kept for next time.
"""


def sign_in_card(address: str) -> str:
    mail = f"{address}/developer/mail/" if settings.SHOW_DEVELOPER_MAIL else "by EMAIL_URL"
    return CARD.format(address=address, password=PASSWORD, slug=SLUG, mail=mail, secret=fresh_token())


def fresh_token() -> str:
    """A secret is shown once and not kept, so every start makes a new token and revokes the last one."""
    instructor = User.objects.get(email="instructor@example.edu")
    for token in Token.objects.filter(user=instructor, name=TOKEN_NAME, revoked_at=None):
        revoke_token(token=token)
    _, secret = create_token(user=instructor, name=TOKEN_NAME, scopes=[Scope.GRADES_READ], days=30)
    return secret
