from django.urls import path

from accounts import views


def pages(courses_of):
    """`courses_of` gives the (slug, title) of a person's courses, of which accounts knows nothing."""
    return [
        path("tokens/", views.token_list, name="token_list"),
        path("tokens/new/", views.token_create, {"courses_of": courses_of}, name="token_create"),
        path("tokens/<int:pk>/revoke/", views.token_revoke, name="token_revoke"),
    ]
