"""Projects, vouchers with their evidence, Returns and periods, splits."""

from django.urls import include, path

from projects.views import evidence, projects, returns, search, splits, units, visits, vouchers, withdrawal

urlpatterns = [
    path("projects/", projects.listing, name="projects"),
    path("projects/<int:project_id>/", projects.detail, name="project"),
    path("visits/new/", visits.log, name="visit_new"),
    path("leads/new/", visits.lead, name="lead_new"),
    path("vouchers/", vouchers.listing, name="vouchers"),
    path("vouchers/new/", vouchers.new, name="voucher_new"),
    path("vouchers/<int:voucher_id>/", vouchers.detail, name="voucher"),
    path("vouchers/<int:voucher_id>/evidence/", evidence.add, name="evidence_add"),
    path("evidence/<int:evidence_id>/", evidence.download, name="evidence"),
    path("claims/<int:claim_id>/withdraw/", withdrawal.withdraw, name="claim_withdraw"),
    path("returns/", returns.listing, name="returns"),
    path("returns/<int:return_id>/", returns.detail, name="return"),
    path("returns/<int:return_id>/submit/", returns.submit, name="return_submit"),
    path("returns/<int:return_id>/withdraw/", returns.withdraw, name="return_withdraw"),
    path("periods/new/", returns.open_period, name="period_new"),
    path("periods/<int:period_id>/close/", returns.close_period, name="period_close"),
    path("units/load/", units.load, name="units_load"),
    path("units/load/accept/", units.accept, name="units_accept"),
    path("units/load/template/", units.template, name="units_template"),
    path("search/", search.search, name="search"),
    path("splits/new/", splits.new, name="split_new"),
    path("", include("projects.people_urls")),
]
