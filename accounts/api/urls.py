"""What of the organisation the API answers."""

from accounts.api import views

RESOURCES = [("tenants", views.Tenants), ("units", views.Units)]
