"""Second factors, accounts and posts of other people, and who had access to what."""

from django.urls import path

from accounts.views import access, appointments, factors, users

urlpatterns = [
    path("second-factor/", factors.second_factor, name="second_factor"),
    path("second-factor/begin/", factors.begin, name="second_factor_begin"),
    path("users/", users.listing, name="users"),
    path("users/new/", users.new, name="user_new"),
    path("users/<int:user_id>/", users.detail, name="user"),
    path("users/<int:user_id>/name/", users.rename, name="user_rename"),
    path("users/<int:user_id>/posts/", users.post_add, name="user_post_add"),
    path("users/<int:user_id>/disable/", users.disable, name="user_disable"),
    path("users/<int:user_id>/enable/", users.enable, name="user_enable"),
    path("users/<int:user_id>/unlock/", users.unlock, name="user_unlock"),
    path("users/<int:user_id>/reset/", users.reset, name="user_reset"),
    path("users/<int:user_id>/second-factor/", users.factor_reset, name="user_factor_reset"),
    path("posts/<int:post_id>/dates/", appointments.dates, name="post_dates"),
    path("posts/<int:post_id>/confirm/", appointments.confirm, name="post_confirm"),
    path("posts/<int:post_id>/end/", appointments.end, name="post_end"),
    path("help/accounts/", users.help_page, name="help_accounts"),
    path("access/", access.access, name="access"),
]
