"""What of verification and assessment the API answers."""

from assessment.api import views

RESOURCES = [("opinions", views.Opinions), ("measures", views.Measures), ("targets", views.Targets)]
TABLES = [("standing", views.StandingOfUnits), ("figures", views.Figures)]
