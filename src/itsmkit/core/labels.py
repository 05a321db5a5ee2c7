"""The words that readers of notices see for codes: kinds, statuses, clocks (requirements §1), and what happened."""

from collections.abc import Mapping
from types import MappingProxyType

_ENGLISH = {
    "incident": "incident",
    "service_request": "service request",
    "inquiry": "inquiry",
    "complaint": "complaint or suggestion",
    "new": "new",
    "open": "open",
    "assigned": "assigned",
    "in_progress": "in progress",
    "waiting": "waiting",
    "resolved": "resolved",
    "closed": "closed",
    "response": "response time",
    "resolution": "resolution time",
    "announced": "announcement",
    "announcement": "announcement",
    "published": "published",
    "promised": "promised to you",
    "promise_broken": "a promise was not kept",
    "assigned_to": "assigned",
    "complaint_reported": "complaint or suggestion",
    "configuration": "news of a configuration item",
    "declined": "declined, to be assigned anew",
    "digest": "collected news",
    "escalated": "escalated",
    "highest_priority": "highest priority",
    "major_reported": "major matter, important and urgent",
    "joined": "added to the report",
    "not_told": "a notice could not be delivered",
    "progress": "news",
    "received": "report received",
    "reopened": "taken up again",
    "task": "task for your team",
    "task_over": "news of a task",
    "visit": "on-site visit",
    "visit_off": "on-site visit called off",
    "going": "your on-site visit",
    "visitor": "Who comes",
    "needs": "Please prepare",
    "bring": "Brought along",
    "acknowledge": "has acknowledged it",
    "acknowledged": "acknowledged",
    "disputed": "disputed",
    "done": "has a solution",
    "help_asked": "your help is asked for",
    "not_theirs": "not theirs, a vendor says",
    "referred": "referred",
    "return": "gives it back",
    "tell": "has written",
    "told_by_party": "word from a vendor or another party",
    "told_party": "word from the service desk",
}
_CHINESE = {
    "incident": "事件",
    "service_request": "服务请求",
    "inquiry": "咨询",
    "complaint": "投诉/建议",
    "new": "新建",
    "open": "受理中",
    "assigned": "已分派",
    "in_progress": "处理中",
    "waiting": "等待中",
    "resolved": "已解决",
    "closed": "已关闭",
    "response": "响应时限",
    "resolution": "解决时限",
    "announced": "公告",
    "announcement": "公告",
    "published": "已发布",
    "promised": "对您的承诺",
    "promise_broken": "承诺未兑现",
    "assigned_to": "新分派",
    "complaint_reported": "投诉/建议",
    "configuration": "配置项信息变更",
    "declined": "已退回，请重新分派",
    "digest": "通知汇总",
    "escalated": "事件升级",
    "highest_priority": "最高优先级",
    "major_reported": "重要紧急的重大事件",
    "joined": "已补充信息",
    "not_told": "通知未能送达",
    "progress": "有新进展",
    "received": "报告已登记",
    "reopened": "已重新受理",
    "task": "新任务",
    "task_over": "任务进展",
    "visit": "上门服务安排",
    "visit_off": "上门服务取消",
    "going": "您的上门任务",
    "visitor": "上门人员",
    "needs": "请您配合",
    "bring": "携带物品",
    "acknowledge": "已确认受理",
    "acknowledged": "已确认",
    "disputed": "有争议",
    "done": "已给出解决方案",
    "help_asked": "请协助处理",
    "not_theirs": "服务商称不属其责任",
    "referred": "已转办",
    "return": "退回",
    "tell": "有新留言",
    "told_by_party": "服务商或协办方来信",
    "told_party": "服务台来信",
}
LABELS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {"en": MappingProxyType(_ENGLISH), "zh": MappingProxyType(_CHINESE)}
)


HEADINGS = MappingProxyType(
    {
        "assigned": "assigned_to",
        "complaint": "complaint_reported",
        "disputed": "not_theirs",
        "referred": "help_asked",
    }
)
"""Names of shipped rules that are also codes of something else."""


def heading(rule: str, language: str) -> str:
    """What a notice of that rule is about, in a few words; a site's own rule stands for itself."""
    return label(HEADINGS.get(rule, rule), language)


def label(code: str, language: str) -> str:
    """The word for a code in that language; a code without one stands for itself."""
    return LABELS.get(language, LABELS["en"]).get(code, code)
