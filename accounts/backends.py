from django.contrib.auth.hashers import check_password, make_password

from accounts.models import User


class LoginBackend:
    """Signs a person in before any scope exists, through the one function that may look."""

    def authenticate(self, request, username=None, password=None):
        """The active user with this name and password, or None. The same work is done for unknown names."""
        if username is None or password is None:
            return None
        user = next(iter(User.objects.raw("SELECT * FROM sec.login_row(%s)", [username])), None)
        if user is None:
            make_password(password)
            return None
        return user if check_password(password, user.password) and user.is_active else None

    def get_user(self, user_id):
        """The user of the session; visible in the identity scope that the middleware entered."""
        user = User.objects.filter(pk=user_id).first()
        return user if user and user.is_active else None
