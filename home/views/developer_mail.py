"""Mail as a developer reads it where no mail server is set up."""

from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from home.mailbox import find_mail, read_mailbox


def _require_shown() -> None:
    if not settings.SHOW_DEVELOPER_MAIL:
        raise Http404("No such page.")


@require_safe
def developer_mail(request):
    _require_shown()
    mails = read_mailbox(settings.EMAIL_FILE_PATH)
    recipient = request.GET.get("to", "")
    context = {
        "mails": [mail for mail in mails if not recipient or recipient in mail.recipients],
        "recipients": sorted({address for mail in mails for address in mail.recipients}),
        "recipient": recipient,
    }
    return render(request, "home/developer_mail.html", context)


@require_safe
def developer_mail_message(request, name):
    _require_shown()
    mail = find_mail(settings.EMAIL_FILE_PATH, name)
    if mail is None:
        raise Http404("No such mail.")
    return render(request, "home/developer_mail_message.html", {"mail": mail})
