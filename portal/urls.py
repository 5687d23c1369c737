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
    path("help/", views.help_index, name="help"),
    path("help/interface/reference/", views.interface_reference, name="interface_reference"),
    # After the pages of the help that stand with their part of the portal.
    path("help/<slug:slug>/", views.help_page, name="help_page"),
]
