"""What of the ledger the API answers."""

from projects.api import views

RESOURCES = [
    ("enterprises", views.Enterprises),
    ("projects", views.Projects),
    ("agreements", views.Agreements),
    ("vouchers", views.Vouchers),
    ("claims", views.Claims),
    ("splits", views.Splits),
    ("periods", views.Periods),
    ("returns", views.Returns),
]
