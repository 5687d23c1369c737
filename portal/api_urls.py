"""The read API: every resource of the apps under one router, its description, and nothing else."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.routers import SimpleRouter

import accounts.api.urls
import assessment.api.urls
import projects.api.urls
from accounts.api.views import Nothing

router = SimpleRouter(use_regex_path=False)
for resources in (
    accounts.api.urls.RESOURCES,
    projects.api.urls.RESOURCES,
    assessment.api.urls.RESOURCES,
):
    for name, view in resources:
        router.register(name, view, basename=f"api-{name}")

urlpatterns = [
    *router.urls,
    *(path(f"{name}/", view.as_view(), name=f"api-{name}") for name, view in assessment.api.urls.TABLES),
    path("schema/", SpectacularJSONAPIView.as_view(), name="api-schema"),
    re_path(r"^.*$", Nothing.as_view(), name="api-nothing"),
]
