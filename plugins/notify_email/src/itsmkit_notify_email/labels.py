"""The words that readers see for the codes of kinds, statuses and clocks (requirements §1)."""

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
}
LABELS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {"en": MappingProxyType(_ENGLISH), "zh": MappingProxyType(_CHINESE)}
)


def label(code: str, language: str) -> str:
    """The word for a code in that language; a code without one stands for itself."""
    return LABELS.get(language, LABELS["en"]).get(code, code)
