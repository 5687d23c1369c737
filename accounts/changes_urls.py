"""What happened: the change log as people read it."""

from django.urls import path

from accounts.views import changes

urlpatterns = [
    path("changes/", changes.changes, name="changes"),
    path("changes/<int:pos>/", changes.change, name="change"),
]
