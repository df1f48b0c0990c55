"""The columns of a table of records: our field → the headers that mean it.

The first header of each is that of the usual CMS export; the others are what else
offices call it. A configuration's ``columns`` table goes before all of these.
"""

from __future__ import annotations

HEADERS: dict[str, tuple[str, ...]] = {
    "id": ("标识", "信息标识", "唯一标识"),
    "index_number": ("索引号", "信息索引号"),
    "title": ("标题", "信息名称", "名称", "文件名称"),
    "document_number": ("文号", "发文字号", "文件编号"),
    "issuer": ("发布机构", "发文机关", "信息来源机构"),
    "co_issuers": ("联合发文机关", "联合发布机构"),
    "formed": ("成文日期", "生成日期", "发文日期", "产生日期"),
    "issued": ("印发日期",),
    "published": ("发布日期", "发布时间", "公开日期"),
    "area": ("领域", "公开领域", "试点领域"),
    "level1": ("一级事项",),
    "level2": ("二级事项",),
    "level3": ("三级事项",),
    "step": ("环节", "公开环节"),
    "stage": ("五公开",),
    "relation": ("关联索引号", "关联信息"),
    "keywords": ("主题词", "关键词"),
    "summary": ("摘要", "内容概述"),
    "body": ("正文", "内容", "信息内容"),
    "attachments": ("附件",),
    "mode": ("公开方式",),
    "audience": ("公开对象", "公开范围"),
    "verdict": ("审核状态", "审查状态"),
    "first": ("初审", "初审人"),
    "second": ("复审", "复审人", "审核", "审核人"),
    "final": ("签发", "签发人", "终审"),
    "signed": ("签发时间", "签发日期", "终审时间"),
    "signed_content": ("签发内容摘要",),
    "link": ("原文链接", "链接", "网址"),
    "state": ("状态", "有效性"),
    "withdrawn_reason": ("撤回原因",),
    "withdrawn_at": ("撤回时间",),
}
NEEDED = ("title",)
"""Without these nothing can be read; and ``id`` or ``index_number``."""

WORDS: dict[str, dict[str, str]] = {
    "step": {"发布": "release", "解读": "interpretation", "回应": "response"},
    "stage": {
        "决策": "decision",
        "执行": "execution",
        "管理": "management",
        "服务": "service",
        "结果": "result",
    },
    "mode": {
        "主动公开": "proactive",
        "主动": "proactive",
        "依申请公开": "on_request",
        "依申请": "on_request",
    },
    "verdict": {
        "已签发": "approved",
        "已审核": "approved",
        "审核通过": "approved",
        "待审核": "pending",
        "待签发": "pending",
        "审核中": "pending",
        "草稿": "pending",
        "退回": "rejected",
        "审核不通过": "rejected",
    },
    "state": {
        "有效": "active",
        "现行有效": "active",
        "失效": "withdrawn",
        "废止": "withdrawn",
        "已撤回": "withdrawn",
        "撤回": "withdrawn",
    },
    "scope": {
        "全社会": "all",
        "社会公众": "all",
        "公众": "all",
        "特定群体": "special",
        "特定群众": "special",
    },
}
"""The words of a cell → the code; the labels of :mod:`govsync.model.codes` and more."""
