from django.urls import path

from feed.views import webhooks

app_name = "feed"
BASE = "c/<slug:course_slug>/webhooks/"
urlpatterns = [
    path(BASE, webhooks.webhook_list, name="webhook_list"),
    path(f"{BASE}new/", webhooks.webhook_add, name="webhook_add"),
    path(f"{BASE}<int:pk>/", webhooks.webhook_detail, name="webhook_detail"),
    path(f"{BASE}<int:pk>/pause/", webhooks.webhook_pause, name="webhook_pause"),
    path(f"{BASE}<int:pk>/resume/", webhooks.webhook_resume, name="webhook_resume"),
    path(f"{BASE}<int:pk>/ping/", webhooks.webhook_ping, name="webhook_ping"),
    path(f"{BASE}<int:pk>/secret/", webhooks.webhook_rotate, name="webhook_rotate"),
    path(f"{BASE}<int:pk>/delete/", webhooks.webhook_delete, name="webhook_delete"),
    path(f"{BASE}<int:pk>/deliveries/<uuid:delivery_id>/replay/", webhooks.delivery_replay, name="delivery_replay"),
]
