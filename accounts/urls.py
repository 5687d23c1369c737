"""Signing in and out, the post acted in, one's own password, what happened."""

from django.urls import include, path

from accounts.views import posts, session

urlpatterns = [
    path("login/", session.SignIn.as_view(), name="login"),
    path("logout/", session.sign_out, name="logout"),
    path("post/", posts.switch, name="post"),
    path("county/", posts.look_down, name="county"),
    path("password/", session.change_password, name="password"),
    path("", include("accounts.changes_urls")),
]
