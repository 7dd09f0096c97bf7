from django.urls import path

from machines import views

app_name = "machines"
urlpatterns = [
    path("account/clients/", views.client_list, name="client_list"),
    path("account/clients/new/", views.client_create, name="client_create"),
    path("account/clients/<int:pk>/revoke/", views.client_revoke, name="client_revoke"),
    path("c/<slug:course_slug>/access/", views.access_log, name="access_log"),
    path("c/<slug:course_slug>/access/<int:pk>/withdraw/", views.course_withdraw, name="course_withdraw"),
    # Of allauth's identity provider these two only: no sign-in, no discovery, no consent, no registration.
    path("oauth/token/", views.token, name="token"),
    path("oauth/revoke/", views.token_revoke, name="token_revoke"),
]
