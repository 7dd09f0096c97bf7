"""The one address of ours; the service itself is under /ims/oneroster/ (oneroster.urls)."""

from django.urls import path

from oneroster.downloads import bulk_api

urlpatterns = [path("courses/<slug:course_slug>/oneroster/", bulk_api, name="oneroster_bulk")]
