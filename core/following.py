"""What stands open at units and follows their successors: one declaration a table (design: product F02).

A chapter that keeps open work by unit adds its line here; previews, reorganisations and their undoing then
know of it.
"""

from typing import Final

import sqlalchemy as sa

from core.meetings.models import Meeting, Petition
from core.plans.task_models import PlanPilot, Task
from core.rotation.by_hand import Pin
from core.rotation.models import Official, OfficialArea, Visit
from tenants.clock import now, today
from tenants.people.following import Follow, OnClash

JOINED: Final = "Đã nhập vào việc cùng loại của đơn vị tiếp nhận."
MERGED: Final = "Chi bộ đã sáp nhập; trùng với lượt dự tại chi bộ tiếp nhận."

FOLLOWS: Final = (
    Follow(
        "việc của kế hoạch chưa xong",
        Task.unit_id,
        lambda _day: sa.and_(Task.done_on.is_(None), Task.withdrawn_on.is_(None)),
        apart=(Task.milestone_id, Task.period),
        every=True,
        on_clash=OnClash.CLOSED,
        closed=lambda: {"withdrawn_on": today(), "withdrawn_because": JOINED},
    ),
    Follow(
        "chi bộ làm điểm của kế hoạch",
        PlanPilot.unit_id,
        lambda _day: sa.true(),
        apart=(PlanPilot.plan_id,),
        on_clash=OnClash.REMOVED,
    ),
    Follow(
        "lượt dự sinh hoạt sắp tới",
        Visit.cell_id,
        lambda day: sa.and_(Visit.meets_on >= day, Visit.settled_at.is_(None), Visit.cancelled_at.is_(None)),
        apart=(Visit.rotation_id, Visit.official_id, Visit.month),
        on_clash=OnClash.CLOSED,
        closed=lambda: {"cancelled_at": now(), "cancelled_reason": MERGED},
    ),
    Follow(
        "buổi sinh hoạt đã định ngày",
        Meeting.cell_id,
        lambda day: sa.and_(Meeting.meets_on >= day, Meeting.held_on.is_(None)),
        apart=(Meeting.kind, Meeting.month),
    ),
    Follow(
        "chi bộ mà cán bộ đăng ký dự",
        Pin.cell_id,
        lambda day: Pin.month >= day.replace(day=1),
        apart=(Pin.official_id, Pin.month),
        on_clash=OnClash.REMOVED,
    ),
    Follow(
        "địa bàn của cán bộ dự sinh hoạt",
        OfficialArea.unit_id,
        OfficialArea.lasts,
        apart=(OfficialArea.official_id,),
        every=True,
        on_clash=OnClash.REMOVED,
    ),
    Follow("chi bộ sinh hoạt của cán bộ dự", Official.own_cell_id, Official.lasts),
    Follow(
        "kiến nghị chưa trả lời, vẫn ghi ở đơn vị đã nêu",
        Petition.cell_id,
        lambda _day: Petition.answered_at.is_(None),
        stay=True,
    ),
)
