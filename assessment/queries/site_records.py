"""Whether a claim takes the record of a check on the site (现场核查记录)."""

from accounts.choices import Role
from accounts.queries.posts import ActingPost
from projects.choices import ClaimState
from projects.models import Claim


def hindrance(post: ActingPost, claim: Claim) -> str:
    """Why this post may add none, in words; empty where it may. Looks at the Return; conflicts aside.

    The inspection while opinions may be given, a superior while the claim stands.
    """
    if claim.lead_id is not None:
        return "线索没有佐证材料，现场情况请写在核实理由里。"
    if claim.state == ClaimState.REVERSED or claim.reverses_id is not None:
        return "这笔申报已冲销，不再上传现场核查记录。"
    if post.role != Role.SUPERIOR and claim.booked_in.opinions_closed_at is not None:
        return "该单位本期核实已关闭，不能再上传现场核查记录。如确需补充，请按程序重新开放。"
    return ""
