"""What happened: the change log as people read it, and what is kept of it outside."""

from django.urls import path

from accounts.views import changes, checkpoints

urlpatterns = [
    path("changes/", changes.changes, name="changes"),
    path("changes/export/", changes.export, name="change_export"),
    path("changes/<int:pos>/", changes.change, name="change"),
    path("checkpoints/", checkpoints.listing, name="checkpoints"),
    path("checkpoints/keys/<slug:name>/download/", checkpoints.public_key, name="checkpoint_key"),
    path("checkpoints/<slug:day>/", checkpoints.of_day, name="checkpoint_day"),
    path("checkpoints/<slug:day>/download/", checkpoints.download, name="checkpoint_download"),
]
