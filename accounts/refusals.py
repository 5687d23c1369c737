"""Refusals for people: a rule said no, in Chinese, with what to do.

The database is the last to refuse. ``explained`` turns its own error codes (class PT) into the
same refusals, so that a race lost at commit reads like a rule met in the form.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error, transaction
from django.utils.translation import gettext_lazy as _

# SQLSTATE -> what people read. The database's triggers raise these codes and nothing else of class PT.
MESSAGES = {
    "PT101": _("该单位本期填报已关闭，不能再登记。请登记在当前开放的填报期，系统会标注“补报”。"),
    "PT102": _("该单位本期核实已关闭，不能再提出意见。如确需更改，请按程序重新开放。"),
    "PT103": _("没有对应的填报期，请先由招商局开启填报期。"),
    "PT104": _("还有未核实完的申报，不能关闭。请先完成核实，或退回、核减后再关闭。"),
    "PT105": _("已关闭的报表不能改动。"),
    "PT107": _("重新开放应写明理由和期限；没有关闭的报表不需要重新开放。"),
    "PT108": _("重新开放报表由督查室办理；上级进入该县后也可以重新开放，但不能改动其他内容。"),
    "PT109": _("只有已上报、没有申报、核实还没有关闭的报表可以确认为零报告，请刷新后再看。"),
    "PT110": _("现场核查记录由督查室上传；上级进入该县后也可以上传，但不能上传其他材料。"),
    "PT111": _("这笔申报的核实已经关闭或已被冲销，不能再上传现场核查记录。"),
    "PT201": _("回避：这笔数据由您本人登记，须由其他人员核实。"),
    "PT202": _("回避：您任职的单位与这笔数据有利害关系，须由其他督查室核实。"),
    "PT203": _("您当前的岗位不能进行这一步核实。"),
    "PT204": _("这笔申报当前状态不能进行这一步，请刷新后再看。"),
    "PT205": _("核实金额与结论不符：认可应等于申报数，核减应介于零和申报数之间，不予认可为零。"),
    "PT206": _("该单位尚未上报本期报表，不能核实。"),
    "PT207": _("会签须由另一督查室的人员办理。"),
    "PT208": _("更正后的数要在原申报的冲销核实后才能认可，请先核实冲销；不同意更正的，两笔都不予认可。"),
    "PT301": _("申报合计超过凭证面额。一张凭证由几家分享的，请先登记分成协议，只申报一笔。"),
    "PT302": _("冲销必须与原申报数额相等、方向相反，每笔只能冲销一次。"),
    "PT303": _("申报数不能为负；更正请使用冲销。"),
    "PT304": _("已有申报引用的凭证或协议不能改动，更正请使用冲销和重新登记。"),
    "PT305": _("已使用的分成协议不能改动。"),
    "PT306": _("分成比例合计应为100%（约定双方全额计入的除外）。"),
    "PT307": _("申报与所依据的走访、线索或阶段变更不一致。"),
    "PT308": _("该项目的这一节点已经申报过，每个项目只计一次。"),
    "PT309": _("更正后的申报须与被冲销的原申报是同一事项。"),
    "PT401": _("这是最后一名安全管理员，须先有接任的安全管理员在任，才能免去。"),
    "PT501": _("线索登记后不能改动，只能转为项目或放弃。"),
    "PT502": _("项目阶段已有变化，请刷新后再办理。"),
    "PT503": _("跨阶段推进或回退须由另一人确认。"),
    "PT504": _("该项目有一次阶段变更等待确认，或者已经确认过，请刷新后再看。"),
    "PT505": _("项目阶段只能通过阶段变更改动。"),
    "PT506": _("已生效的阶段条件不能改动，请停用后另设。"),
    "PT507": _("中止、终止、失联须选择中断原因。"),
    "PT601": _("要公布的内容与它的摘要不符，没有保存，请重试。"),
    "PT602": _("公示、公布结果和答复异议由督查室办理。"),
    "PT603": _("还有报表没有封存，不能公示或公布结果。请先核实完并关闭填报期。"),
    "PT604": _("现在不能公布结果：异议期未满、还有异议没有答复，或者已有更新的公示稿。请刷新后再看。"),
    "PT605": _(
        "现在不能对这笔申报提出异议：应由计入单位的填报员或负责人，对公示稿中的申报，在异议期内提出。"
    ),
    "PT606": _("异议提出后不能改动，每件只答复一次。请刷新后再看。"),
    "PT611": _("抽查由上级的市级经办进入该县后办理，县里只能查看。"),
    "PT612": _("这一填报期没有符合条件的已核实申报，无从抽取。"),
    "PT613": _("这一填报期已经抽查过；再次抽查须写明理由，两次都列示。"),
    "PT621": _("独立数据来源由上级设定。"),
    "PT622": _("独立数据由上级或负责该数据的单位载入，招商局不能载入。"),
    "PT623": _("来源的类别不能改动，数据的对象须与来源的类别一致。"),
    "PT624": _("更正后的数据须与原数据是同一来源、同一对象、同一月份。"),
    "PT625": _("招商局不能负责独立数据，请另选单位。"),
    "PT701": _("批量导出由本县查看数据的岗位申请。"),
    "PT702": _("导出申请由县领导或安全管理员审批。"),
    "PT703": _("自己申请的导出须由另一人审批。"),
    "PT704": _("导出申请提出后不能改动，每份只审批一次。请刷新后再看。"),
    "PT801": _("督办单由督查室下达；退回重办、延期和销号也由督查室办理。"),
    "PT802": _("督办单由承办单位的负责人或填报员回复。"),
    "PT803": _("这份督办单现在不能进行这一步，可能刚刚有人办理过，请刷新后再看。"),
    "PT804": _("延期后的期限应晚于现在的期限。"),
    "PT805": _("回避：您任职的单位与承办单位有利害关系，须由另一督查室办理。"),
}


class Refused(Exception):
    """A rule refused the act; nothing was written. ``str()`` is fit for users."""

    def __init__(self, message, code: str = ""):
        self.code = code
        super().__init__(str(message))


class NotFound(Refused):
    """The row does not exist in this scope; pages answer 404."""


class Forbidden(Refused):
    """The row is in scope, the right is missing; pages answer 403."""


@contextmanager
def explained() -> Iterator[None]:
    """Run the block in a savepoint; a refusal by one of our triggers becomes ``Refused``."""
    try:
        with transaction.atomic():
            yield
    except Error as error:
        code = getattr(error.__cause__, "sqlstate", None) or ""
        if code in MESSAGES:
            raise Refused(MESSAGES[code], code) from error
        raise
