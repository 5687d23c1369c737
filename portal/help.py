"""The help: a page for each role, a page for each topic, and which topic explains which page."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.choices import Role


@dataclass(frozen=True)
class Topic:
    """One page of the help. ``url_name`` where it stands with another part of the portal."""

    slug: str
    title: str
    about: str
    url_name: str = ""

    @property
    def address(self) -> str:
        """Where the page opens."""
        return reverse(self.url_name) if self.url_name else reverse("help_page", args=[self.slug])


ROLES = (
    Topic("reporter", _("填报员"), _("登记凭证、上传佐证、补正被退回的申报")),
    Topic("head", _("单位负责人"), _("上报本期报表、零报告、撤回")),
    Topic("bureau", _("招商局"), _("开启填报期、初审、导入、任务、口径")),
    Topic("inspection", _("督查室"), _("逐笔核实、回避、关闭填报期")),
    Topic("leader", _("领导"), _("看进度、看数字背后的明细")),
    Topic("administrator", _("管理员"), _("第一天怎样把系统用起来")),
)
TOPICS = (
    Topic("field", _("手机填报"), _("记走访、报线索、拍照登凭证，断网和草稿")),
    Topic("vouchers", _("凭证和申报"), _("一笔到位资金怎样登记、谁来核实、怎样更正")),
    Topic("projects", _("走访、线索和项目"), _("从走访、首报线索到签约、开工、投产")),
    Topic("returns", _("报表和填报期"), _("未报、零报告、关闭、补报")),
    Topic("publicity", _("公示、异议和结果"), _("公示几天、怎样提出异议、结果公布后为什么不变")),
    Topic("matters", _("督办和核实更改"), _("督办单怎样下达、回复、销号，核实数更改后通知谁")),
    Topic("notices", _("提醒"), _("什么时候提醒谁、什么时候不提醒、规则怎样改")),
    Topic("standing", _("任务进度"), _("完成率、时序进度、破零怎样算")),
    Topic("units", _("单位和分组"), _("新增、改名、别名、分组、撤销合并、批量导入")),
    Topic("targets", _("目标任务"), _("按文件下达、调整、批量导入")),
    Topic("independent", _("独立数据和对账"), _("税收、社保、用电、统计的表怎样载入，疑点和差额怎样算")),
    Topic("measures", _("统计口径"), _("每项指标统计什么，怎样发布新版本")),
    Topic("draws", _("上级抽查"), _("怎样抽取、怎样核查、怎样复算，县里看到什么")),
    Topic("imports", _("导入工作簿"), _("各张表怎样准备，检查结果怎样看")),
    Topic("search", _("查找"), _("名称、拼音、信用代码、凭证号")),
    Topic("exports", _("导出审批"), _("哪些导出要另一人同意，怎样申请、怎样审批、同意后管多久")),
    Topic("filters", _("常用筛选"), _("保存列表的筛选，供自己和本单位使用")),
    Topic("integrity", _("变更记录和校验点"), _("怎样证明记录没有被改过，校验点怎样保存和核对")),
    Topic("interface", _("数据接口"), _("其他系统怎样凭密钥读取数据")),
    Topic("accounts", _("账户与岗位"), _("三类管理员、初始密码、动态口令、移交"), "help_accounts"),
    Topic("schemes", _("考核办法写法"), _("考核办法和数据文件怎样写"), "help_schemes"),
)
PAGES = {topic.slug: topic for topic in (*ROLES, *TOPICS) if not topic.url_name}
BY_SLUG = {topic.slug: topic for topic in (*ROLES, *TOPICS)}

OF_ROLE = {
    Role.REPORTER: "reporter",
    Role.HEAD: "head",
    Role.BUREAU: "bureau",
    Role.INSPECTION: "inspection",
    Role.LEADER: "leader",
    Role.SUPERIOR: "leader",
    Role.SYSTEM_ADMIN: "administrator",
    Role.SECURITY_ADMIN: "administrator",
    Role.AUDIT_ADMIN: "administrator",
}
# Beginning of an address -> the topic that explains it.
OF_PAGE = {
    "/visits/new/": "field",
    "/leads/new/": "field",
    "/vouchers/": "vouchers",
    "/projects/": "projects",
    "/visits/": "projects",
    "/leads/": "projects",
    "/enterprises/": "projects",
    "/contacts/": "projects",
    "/stages/": "projects",
    "/snapshots/": "publicity",
    "/objections/": "publicity",
    "/checklists/": "vouchers",
    "/evidence/": "vouchers",
    "/claims/": "vouchers",
    "/queue/": "vouchers",
    "/procedures/": "inspection",
    "/splits/": "bureau",
    "/reductions/export/": "exports",
    "/exports/": "exports",
    "/reductions/": "vouchers",
    "/returns/": "returns",
    "/periods/": "returns",
    "/matters/": "matters",
    "/notices/": "notices",
    "/mailbox/": "notices",
    "/deliveries/": "notices",
    "/calendar/": "returns",
    "/standing/": "standing",
    "/figures/": "standing",
    "/units/": "units",
    "/targets/": "targets",
    "/measures/": "measures",
    "/draws/": "draws",
    "/independent/": "independent",
    "/mismatches/": "independent",
    "/reconciliation/": "independent",
    "/workbooks/": "imports",
    "/search/": "search",
    "/filters/": "filters",
    "/clients/": "interface",
    "/users/": "accounts",
    "/access/": "accounts",
    "/changes/": "integrity",
    "/checkpoints/": "integrity",
}


def of_page(path: str) -> Topic | None:
    """The topic that explains the page at this address."""
    return next((BY_SLUG[slug] for start, slug in OF_PAGE.items() if path.startswith(start)), None)
