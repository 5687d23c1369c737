"""Signing in and out, and one's own password."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import rules, session_keys
from accounts.forms.session import PasswordForm, SignInForm
from accounts.services import users
from accounts.views.gate import gate


class SignIn(LoginView):
    """The sign-in page; the session's absolute end counts from here."""

    template_name = "accounts/login.html"
    authentication_form = SignInForm

    def form_valid(self, form):
        until = form.get_user().initial_until
        if until is not None and until <= timezone.now():
            form.add_error(None, _("初始密码已过期，请联系系统管理员重新设置。"))
            return self.form_invalid(form)
        answer = super().form_valid(form)
        self.request.session[session_keys.SIGNED_IN_AT] = timezone.now().isoformat()
        return answer


def locked_out(request: HttpRequest, credentials: dict | None = None) -> HttpResponse:
    """What a locked account reads instead of the sign-in page's answer (called by axes)."""
    context = {"message": settings.AXES_COOLOFF_MESSAGE}
    return render(request, "accounts/locked.html", context, status=settings.AXES_HTTP_RESPONSE_CODE)


# The person is invisible outside a scope, so the session alone says who leaves.
@login_not_required
@gate(rules.anybody, "POST")
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("login")


@gate(rules.anybody, "GET", "POST")
def change_password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; the act is written in the jurisdiction of the own post."""
    if request.county is not None:
        messages.warning(request, _("正在查看下级辖区，请先返回本级再修改密码。"))
        return redirect("home")
    form = PasswordForm(request.POST or None)
    if form.is_valid():
        try:
            users.change_password(
                user=request.user, old=form.cleaned_data["old"], new=form.cleaned_data["new"]
            )
        except ValidationError as faults:
            form.add_error(None, faults)
        else:
            update_session_auth_hash(request, request.user)
            messages.success(request, _("密码已修改，其他设备上的登录已失效。"))
            return redirect("home")
    return render(request, "accounts/password.html", {"form": form})
