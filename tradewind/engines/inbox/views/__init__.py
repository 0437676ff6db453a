"""My day, notices, to-dos, requests, and the settings of what reaches one."""

from tradewind.engines.inbox.views.day import AllRead, Bell, BellCount, MyDay, NoticeList, NoticeOpen
from tradewind.engines.inbox.views.requests import (
    ApprovalApprove,
    ApprovalDetail,
    ApprovalList,
    ApprovalReject,
    ApprovalWithdraw,
)
from tradewind.engines.inbox.views.sending import DeliveryDetail, DeliveryList, DeliveryRetry, MailSetup, MailTest
from tradewind.engines.inbox.views.settings import (
    DeputyAppoint,
    DeputyEnd,
    DeputyList,
    Feed,
    FeedClose,
    FeedOpen,
    Preferences,
    Profile,
    ReachEdit,
    Unsubscribe,
)
from tradewind.engines.inbox.views.todos import TodoDecline, TodoDetail, TodoHandOn, TodoList, TodoSettle

PAGES = (
    MyDay, Bell, BellCount, NoticeList, NoticeOpen, AllRead, TodoList, TodoDetail, TodoSettle, TodoDecline, TodoHandOn,
    ApprovalList, ApprovalDetail, ApprovalApprove, ApprovalReject, ApprovalWithdraw, Preferences, Profile, ReachEdit,
    DeputyList, DeputyAppoint, DeputyEnd, Feed, FeedOpen, FeedClose, Unsubscribe, MailSetup, MailTest, DeliveryList, DeliveryDetail, DeliveryRetry,
)  # fmt: skip
__all__ = ["PAGES"]
