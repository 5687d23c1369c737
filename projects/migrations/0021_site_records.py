from django.db import migrations, models

from accounts.tables import Sql


class Migration(migrations.Migration):
    dependencies = [("projects", "0020_stage_plan_walls")]

    operations = [
        migrations.AlterField(
            model_name='evidencelink',
            name='kind',
            field=models.CharField(blank=True, choices=[('minutes', '会谈纪要'), ('photo', '现场照片'), ('agreement', '协议扫描件'), ('legal_review', '合法性审查意见'), ('licence', '营业执照'), ('land', '用地或厂房手续'), ('filing', '项目备案证'), ('permit', '施工许可证或开工令'), ('acceptance', '竣工验收证明'), ('output', '销售发票、电费或纳税凭证'), ('paper', '凭证扫描件或照片'), ('booking', '企业入账凭证'), ('payment', '付款回单或银行流水'), ('purchase', '采购、施工或出让合同'), ('appraisal', '资产评估报告'), ('other', '其他材料'), ('site_record', '现场核查记录')], db_default='', default='', max_length=20, verbose_name='材料种类'),
        ),
        Sql("projects/migrations/sql/site_records.sql"),
    ]
