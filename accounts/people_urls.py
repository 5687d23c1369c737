"""Second factors and the administration of people and posts."""

from django.urls import path

from accounts.views import factors

urlpatterns = [
    path("second-factor/", factors.second_factor, name="second_factor"),
    path("second-factor/begin/", factors.begin, name="second_factor_begin"),
]
