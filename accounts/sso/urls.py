from allauth.socialaccount.providers.openid_connect.views import callback
from django.urls import include, path

from accounts.sso import views

# The names are allauth's, which looks them up.
urlpatterns = [
    path("3rdparty/", include("allauth.socialaccount.urls")),
    path("oidc/<str:provider_id>/login/", views.start, name="openid_connect_login"),
    path("oidc/<str:provider_id>/login/callback/", callback, name="openid_connect_callback"),
]
