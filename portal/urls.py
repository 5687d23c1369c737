"""The portal's address space."""

from django.urls import include, path

from portal import views

urlpatterns = [
    path("", views.home, name="home"),
    path("health/", views.health, name="health"),
    path("api/v1/", include("portal.api_urls")),
    path("", include("accounts.urls")),
    path("", include("projects.urls")),
    path("", include("assessment.urls")),
]
