import django.db.models.deletion
from django.db import migrations, models

import accounts.models.tenant
from accounts.tables import TenantForeignKeyAdded


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0013_checkpoint'),
        ('projects', '0017_checklist_walls'),
    ]

    operations = [
        migrations.AddField(
            model_name='evidence',
            name='differing',
            field=models.PositiveSmallIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='evidence',
            name='likeness',
            field=models.CharField(editable=False, max_length=256, null=True),
        ),
        migrations.AddField(
            model_name='evidence',
            name='resembles',
            field=accounts.models.tenant.TenantForeignKey(db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lookalikes', to='projects.evidence'),
        ),
        migrations.AddIndex(
            model_name='evidence',
            index=models.Index(fields=['tenant', 'resembles'], name='evidence_resembles'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(('likeness__isnull', True), ('likeness__regex', '^([0-9a-f]{64}){4}$'), _connector='OR'), name='evidence_likeness_whole'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('differing__isnull', True), ('resembles__isnull', True)), models.Q(('differing__isnull', False), ('differing__lte', 36), ('likeness__isnull', False), ('resembles__isnull', False), ('resembles__lt', models.F('id'))), _connector='OR'), name='evidence_resembles_an_earlier'),
        ),
        TenantForeignKeyAdded("Evidence", "resembles"),
    ]
