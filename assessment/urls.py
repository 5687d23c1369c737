"""The queue, claims, standing, figures, the import of workbooks and the help."""

from django.urls import path

from assessment.views import (
    claims,
    deliveries,
    figures,
    imports,
    measures,
    queue,
    standing,
    targets,
    units,
)
from assessment.views import help as help_pages

urlpatterns = [
    path("queue/", queue.queue, name="queue"),
    path("queue/clean/", queue.clean, name="queue_clean"),
    path("queue/<int:claim_id>/", queue.item, name="queue_item"),
    path("queue/<int:claim_id>/card/", queue.card, name="queue_card"),
    path("claims/<int:claim_id>/", claims.claim, name="claim"),
    path("claims/<int:claim_id>/opinion/", claims.opinion, name="claim_opinion"),
    path("standing/", standing.standing, name="standing"),
    path("standing/claims/", standing.claims, name="standing_all_claims"),
    path("standing/<int:unit_id>/claims/", standing.claims, name="standing_claims"),
    path("standing/targets/", standing.targets, name="standing_all_targets"),
    path("standing/<int:unit_id>/targets/", standing.targets, name="standing_targets"),
    path("figures/", figures.figures, name="figures"),
    path("figures/<slug:key>/", figures.figure, name="figure"),
    path("targets/", targets.listing, name="targets"),
    path("targets/new/", targets.issue, name="target_issue"),
    path("targets/load/", targets.load, name="targets_load"),
    path("targets/load/accept/", targets.accept, name="targets_accept"),
    path("targets/load/template/", targets.template, name="targets_template"),
    path("targets/<int:target_id>/", targets.detail, name="target"),
    path("targets/<int:target_id>/revise/", targets.revise, name="target_revise"),
    path("measures/", measures.listing, name="measures"),
    path("measures/<int:measure_id>/", measures.detail, name="measure"),
    path("measures/<int:measure_id>/next/", measures.publish, name="measure_publish"),
    path("units/<int:unit_id>/close/", units.close, name="unit_close"),
    path("deliveries/", deliveries.listing, name="deliveries"),
    path("deliveries/<int:delivery_id>/retry/", deliveries.retry, name="delivery_retry"),
    path("mailbox/", deliveries.mailbox, name="mailbox"),
    path("help/schemes/", help_pages.schemes, name="help_schemes"),
    path("workbooks/", imports.batches, name="imports"),
    path("workbooks/check/", imports.check, name="import_check"),
    path("workbooks/load/", imports.load, name="import_load"),
    path("workbooks/<int:batch_id>/undo/", imports.undo, name="import_undo"),
]
