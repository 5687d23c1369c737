"""Accounts from a sheet, and posts that are handed over."""

from django.urls import path

from projects.views import handover, newcomers

urlpatterns = [
    path("users/import/", newcomers.check, name="users_import"),
    path("users/import/create/", newcomers.create, name="users_create"),
    path("users/import/template/", newcomers.template, name="users_template"),
    path("posts/<int:post_id>/hand-over/", handover.hand_over, name="post_hand_over"),
    path("posts/<int:post_id>/handed-over/", handover.sheet, name="handover_sheet"),
]
