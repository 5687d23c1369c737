"""One act = one service call = one transaction = its lines in the change log (I7).

A service names its act before it writes; triggers write the lines. The registry holds every act
of the portal with the sentence that "what happened" shows.
"""

import structlog
from django.db import connection
from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "tenant.add": _("建立了辖区"),
    "unit.add": _("新增了单位"),
    "unit.edit": _("修改了单位"),
    "unit.close": _("撤销了单位"),
    "unit.reopen": _("恢复了单位"),
    "unit.alias": _("登记了单位别名"),
    "unit.unalias": _("删除了单位别名"),
    "unit.group": _("调整了单位的考核分组"),
    "unit.load": _("从表格导入了单位"),
    "group.add": _("新增了考核分组"),
    "group.rename": _("修改了考核分组的名称"),
    "name.index": _("补建了拼音检索"),
    "user.add": _("新增了用户和岗位"),
    "users.add": _("批量建立了账户和岗位"),
    "user.rename": _("更正了姓名"),
    "user.disable": _("停用了账户"),
    "user.enable": _("启用了账户"),
    "user.unlock": _("解除了账户锁定"),
    "user.reset": _("重置了初始密码"),
    "post.add": _("任命了岗位"),
    "post.dates": _("调整了任职起止"),
    "post.confirm": _("确认了岗位"),
    "post.decline": _("未同意岗位"),
    "post.end": _("免去了岗位"),
    "post.hand_over": _("办理了岗位移交"),
    "password.change": _("修改了密码"),
    "client.issue": _("签发了接口客户端的密钥"),
    "client.rotate": _("为接口客户端签发了新密钥"),
    "client.retire": _("停用了接口客户端的旧密钥"),
    "client.disable": _("停用了接口客户端"),
    "factor.bind": _("绑定了动态口令"),
    "factor.reset": _("解除了动态口令绑定"),
    "checkpoint.download": _("下载了校验点"),
    "filter.save": _("保存了常用筛选"),
    "filter.delete": _("删除了常用筛选"),
    "period.open": _("开启了填报期"),
    "period.rules": _("调整了填报规则"),
    "calendar.seed": _("载入了工作日历"),
    "calendar.load": _("上传了工作日历"),
    "calendar.change": _("调整了工作日历"),
    "enterprise.edit": _("修改了企业资料"),
    "project.add": _("登记了项目"),
    "project.edit": _("修改了项目资料"),
    "project.advance": _("变更了项目阶段"),
    "project.confirm": _("确认了项目阶段变更"),
    "project.archive": _("下载了项目档案"),
    "agreement.record": _("登记了协议并申报"),
    "visit.log": _("登记了走访"),
    "lead.report": _("登记了线索"),
    "lead.convert": _("把线索转为项目"),
    "lead.abandon": _("放弃了线索"),
    "contact.add": _("登记了联系人"),
    "contact.edit": _("修改了联系人"),
    "contact.erase": _("删除了联系人的个人信息"),
    "contact.reveal": _("查看了联系人的完整电话"),
    "project.plan": _("填写了计划日期"),
    "gate.set": _("设置了阶段条件"),
    "gate.end": _("停用了阶段条件"),
    "checklist.set": _("设置了佐证清单"),
    "hold.set": _("设置了首报保护期"),
    "voucher.record": _("登记了凭证并申报到位资金"),
    "evidence.attach": _("上传了佐证材料"),
    "evidence.reuse": _("选用了已有的佐证材料"),
    "evidence.view": _("查看了佐证材料"),
    "evidence.download": _("下载了佐证材料"),
    "evidence.original": _("打开了佐证材料的原件"),
    "evidence.site_record": _("上传了现场核查记录"),
    "split.agree": _("登记了分成协议"),
    "claim.withdraw": _("撤回了一笔申报"),
    "claim.correct": _("提出了一笔更正"),
    "return.submit": _("上报了本期报表"),
    "return.withdraw": _("撤回了本期报表"),
    "return.close": _("关闭了本期填报"),
    "return.close_reports": _("关闭了本期填报，核实继续"),
    "return.confirm": _("确认了代填的报表"),
    "return.confirm_zero": _("确认了零报告"),
    "return.reopen": _("重新开放了一份报表"),
    "return.reclose": _("到期关闭了填报"),
    "return.scan": _("上传了盖章的报表"),
    "opinion.give": _("提出了核实意见"),
    "changes.export": _("导出了变更记录"),
    "reductions.export": _("导出了核减情况"),
    "site_list.print": _("打印了现场核查表"),
    "export.ask": _("申请了导出"),
    "export.answer": _("答复了导出申请"),
    "draw.take": _("抽取了上级抽查的申报"),
    "matter.issue": _("下达了督办单"),
    "matter.reply": _("回复了督办单"),
    "matter.send_back": _("退回重办了督办单"),
    "matter.extend": _("延长了督办单的期限"),
    "matter.close": _("办结销号了督办单"),
    "measure.publish": _("发布了统计口径"),
    "procedure.publish": _("发布了核实程序"),
    "snapshot.publish": _("公示了核实结果"),
    "snapshot.freeze": _("公布了结果"),
    "snapshot.download": _("下载了公布的数据原文"),
    "objection.raise": _("提出了异议"),
    "objection.answer": _("答复了异议"),
    "target.issue": _("下达了目标任务"),
    "target.revise": _("调整了目标任务"),
    "source.add": _("登记了独立数据来源"),
    "source.edit": _("修改了独立数据来源"),
    "official.load": _("载入了独立数据"),
    "official.correct": _("更正了独立数据"),
    "delivery.retry": _("重新发送了提醒"),
    "mailbox.keep": _("修改了提醒邮箱的设置"),
    "rule.publish": _("发布了提醒规则"),
    "notice.plan": _("生成了提醒"),
    "workbook.load": _("导入了工作簿"),
    "workbook.undo": _("撤销了工作簿导入"),
}


class UnknownAct(LookupError):
    """The act is not in the registry."""


def act(name: str, *, reason: str = "") -> int:
    """Open the act of this transaction and return the id of its header.

    Who acts comes from the signed scope. A second act in one transaction, an act without a post
    and a name outside the registry are refused.
    """
    if name not in SENTENCES:
        raise UnknownAct(name)
    request_id = structlog.contextvars.get_contextvars().get("request_id", "")
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.begin_act(%s, %s, %s)", [name, reason, request_id])
        return cursor.fetchone()[0]
