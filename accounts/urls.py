"""Signing in and out, the post acted in, one's own password, units, API clients, filters, what happened."""

from django.urls import include, path

from accounts.views import clients, posts, saved_filters, session, units

urlpatterns = [
    path("login/", session.SignIn.as_view(), name="login"),
    path("logout/", session.sign_out, name="logout"),
    path("post/", posts.switch, name="post"),
    path("county/", posts.look_down, name="county"),
    path("password/", session.change_password, name="password"),
    path("units/", units.listing, name="units"),
    path("units/new/", units.new, name="unit_new"),
    path("units/groups/", units.groups, name="unit_groups"),
    path("units/groups/new/", units.group_add, name="unit_group_add"),
    path("units/groups/<int:group_id>/", units.group_rename, name="unit_group_rename"),
    path("units/aliases/<int:alias_id>/remove/", units.alias_remove, name="unit_alias_remove"),
    path("units/<int:unit_id>/", units.detail, name="unit"),
    path("units/<int:unit_id>/edit/", units.edit, name="unit_edit"),
    path("units/<int:unit_id>/reopen/", units.reopen, name="unit_reopen"),
    path("units/<int:unit_id>/aliases/", units.alias_add, name="unit_alias_add"),
    path("units/<int:unit_id>/group/", units.move, name="unit_move"),
    path("clients/", clients.listing, name="clients"),
    path("clients/new/", clients.issue, name="client_new"),
    path("clients/<int:client_id>/", clients.detail, name="client"),
    path("clients/<int:client_id>/rotate/", clients.rotate, name="client_rotate"),
    path("clients/<int:client_id>/retire/", clients.retire, name="client_retire"),
    path("clients/<int:client_id>/disable/", clients.disable, name="client_disable"),
    path("filters/", saved_filters.listing, name="saved_filters"),
    path("filters/save/", saved_filters.save, name="filter_save"),
    path("filters/<int:saved_filter_id>/change/", saved_filters.change, name="filter_change"),
    path("filters/<int:saved_filter_id>/remove/", saved_filters.remove, name="filter_remove"),
    path("", include("accounts.people_urls")),
    path("", include("accounts.changes_urls")),
]
