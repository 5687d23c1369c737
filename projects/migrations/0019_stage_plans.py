import django.db.models.deletion
from django.db import migrations, models

import accounts.models.tenant
import accounts.scope


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0013_checkpoint'),
        ('projects', '0018_likeness'),
    ]

    operations = [
        migrations.AddField(
            model_name='stagechange',
            name='code',
            field=models.CharField(blank=True, choices=[('funds', '资金不到位'), ('land', '用地未落实'), ('approval', '政策或审批未过'), ('market', '市场变化'), ('given_up', '投资方放弃'), ('elsewhere', '转到外地'), ('out_of_touch', '失去联系'), ('other', '其他')], db_default='', default='', max_length=20, verbose_name='中断原因'),
        ),
        migrations.AddConstraint(
            model_name='stagechange',
            constraint=models.CheckConstraint(condition=models.Q(('code', ''), ('after__in', ('suspended', 'terminated', 'lost_contact')), _connector='OR'), name='stagechange_code', violation_error_message='只有中止、终止、失联才选择中断原因。'),
        ),
        migrations.CreateModel(
            name='StagePlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stage', models.CharField(choices=[('signed', '签约'), ('landed', '落地'), ('started', '开工'), ('completed', '竣工'), ('in_production', '投产')], max_length=20, verbose_name='阶段')),
                ('planned_on', models.DateField(verbose_name='计划日期')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='第几次计划')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='调整理由')),
                ('project', accounts.models.tenant.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='plans', to='projects.project', verbose_name='项目')),
                ('tenant', models.ForeignKey(db_index=False, default=accounts.scope.tenant_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.tenant')),
            ],
            options={
                'verbose_name': '计划日期',
                'constraints': [models.UniqueConstraint(fields=('tenant', 'id'), name='stageplan_tenant_key'), models.UniqueConstraint(fields=('tenant', 'project', 'stage', 'version'), name='stageplan_version', violation_error_message='这一阶段的计划刚刚有人调整过，请刷新后再看。'), models.CheckConstraint(condition=models.Q(('stage__in', ('signed', 'landed', 'started', 'completed', 'in_production'))), name='stageplan_ahead'), models.CheckConstraint(condition=models.Q(('version', 1), models.Q(('version__gt', 1), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='stageplan_reason', violation_error_message='调整计划日期须写明理由。')],
            },
        ),
    ]
