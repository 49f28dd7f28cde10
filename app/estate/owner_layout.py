"""The columns of an owner file, with the headers that offices give them (pure).

Errors, which keep a row out: the room (ROOM_MISSING, ROOM_FORMAT, DUP_ROOM), the gross area
(AREA_MISSING, AREA_INVALID) and a missing owner (NAME_MISSING). Everything else is a warning: the
row comes in without the doubtful value. A failed formula (CELL_ERROR) counts as its column does.
"""

from __future__ import annotations

from functools import lru_cache

from app.core.cell_dates import dates
from app.core.cells import Severity, area, email, text, word
from app.core.errors import N_
from app.core.ids import phones, plates
from app.core.sheet import Column, Layout
from app.estate.owner_cells import floor, identities, kinds, occupancies, room, shares
from app.estate.owner_columns import whose
from app.estate.owner_names import members, names
from app.estate.owner_place import speaks_of_place

_ERROR = Severity.ERROR


@lru_cache(maxsize=2)
def owner_layout(*, date1904: bool = False) -> Layout:
    """The layout for a workbook that counts bare day numbers from 1900 or 1904."""
    day = dates(date1904=date1904)
    columns = (
        Column(
            "building",
            N_("Building"),
            _words(
                "楼栋 楼号 栋号 幢号 楼栋号 楼幢 幢 栋 楼栋名称 座号 楼座 楼宇 楼栋编号 所属楼栋"
            ),
            text, severity=_ERROR,
        ),
        Column(
            "entrance",
            N_("Entrance"),
            _words(
                "单元 单元号 单元编号 门栋 梯号 单元名称 所属单元"
            ),
            text, severity=_ERROR,
        ),
        Column(
            "floor",
            N_("Floor"),
            _words(
                "楼层 所在楼层 层 层数 房屋楼层 所在层 层号"
            ),
            floor,
        ),
        Column(
            "room",
            N_("Room"),
            _words(
                "房号 房间号 门牌号 室号 房屋编号 房间 房屋 房屋号 房产编号 户号 房间编号 房屋地址 "
                "单元房号 楼栋房号 门牌 房屋名称 房间名称 铺号 商铺号 商铺编号 房屋坐落 资产编号"
            ),
            room, missing="ROOM_MISSING", severity=_ERROR,
        ),
        Column(
            "kind",
            N_("Use"),
            _words(
                "房屋类型 房屋用途 用途 物业类型 房屋性质 房产类型 类型 业态 房间类型 使用性质 "
                "资产类型 产品类型"
            ),
            kinds,
        ),
        Column(
            "gross_area",
            N_("Gross area"),
            _words(
                "建筑面积 建面 房屋建筑面积 产权面积 房屋面积 收费面积 计费面积 面积 合同面积 "
                "房间面积 使用权面积"
            ),
            area, severity=_ERROR, fills=False,
        ),
        Column(
            "net_area",
            N_("Net area"),
            _words(
                "套内面积 套内建筑面积 室内面积 使用面积 套内 实用面积"
            ),
            area, fills=False,
        ),
        Column(
            "occupancy",
            N_("Occupancy"),
            _words(
                "使用状态 房屋状态 入住状态 居住状态 入住情况 使用情况 居住情况 状态 房态 房间状态 "
                "居住性质 是否入住"
            ),
            occupancies,
        ),
        Column(
            "handover_date",
            N_("Handed over on"),
            _words(
                "交付日期 交房日期 收房日期 交付时间 交房时间 收房时间 接房日期 领房日期 入住日期 "
                "入住时间 接房时间 领房时间 交楼日期"
            ),
            day,
        ),
        Column(
            "billing_start",
            N_("Billing starts on"),
            _words(
                "计费开始日期 计费日期 计费起始日期 开始计费日期 计费起始时间 起费日期 "
                "计费开始时间 物业费起始日期 收费起始日期 起收日期 费用开始时间 物业费开始日期"
            ),
            day,
        ),
        Column(
            "owner_names",
            N_("Owner"),
            _words(
                "业主姓名 业主名称 业主 户主 户主姓名 产权人 产权人姓名 房主 房主姓名 所有权人 "
                "权利人 产权所有人 业主姓名或单位 业主单位 买受人 姓名 名称 客户名称 客户姓名 "
                "住户姓名"
            ),
            names,
        ),
        Column(
            "share",
            N_("Share"),
            _words(
                "产权份额 份额 产权比例 占有份额 共有份额 所占份额 持有比例"
            ),
            shares,
        ),
        Column(
            "owner_phones",
            N_("Owner's phones"),
            _words(
                "业主电话 业主手机 业主手机号 业主联系电话 业主联系方式 联系电话 手机号 手机号码 "
                "手机 电话 联系方式 移动电话 电话号码 户主电话 联系手机 备用电话 其他电话 第二电话 "
                "备用联系电话 固定电话 家庭电话 座机"
            ),
            phones, several=True, private=True,
        ),
        Column(
            "id_numbers",
            N_("ID number or credit code"),
            _words(
                "身份证号 身份证号码 身份证 证件号码 证件号 业主身份证号 身份证件号码 业主证件号 "
                "业主证件号码 业主身份证 统一社会信用代码 信用代码 身份证号或信用代码 营业执照号 "
                "身份证号码/信用代码 身份证号/信用代码 "
                "证件编号"
            ),
            identities, private=True,
        ),
        Column(
            "family",
            N_("Family members"),
            _words(
                "家庭成员 家属 同住人 同住人员 家庭成员姓名 家属姓名 共同居住人 家庭人员 常住人员"
            ),
            members, several=True,
        ),
        Column(
            "family_relation",
            N_("Relation"),
            _words(
                "与业主关系 关系 与户主关系 家庭成员关系 家属关系"
            ),
            word,
        ),
        Column(
            "family_phones",
            N_("Family member's phone"),
            _words(
                "家庭成员电话 家属电话 家庭成员联系电话 同住人电话 家属联系电话"
            ),
            phones, private=True,
        ),
        Column(
            "tenant_name",
            N_("Tenant"),
            _words(
                "租户姓名 租户 租客 租客姓名 承租人 承租人姓名 租户名称 承租方 使用人 租赁人 "
                "承租单位 租住人"
            ),
            names,
        ),
        Column(
            "tenant_phones",
            N_("Tenant's phones"),
            _words(
                "租户电话 租户联系电话 租客电话 承租人电话 租户手机 租户手机号 租户联系方式 "
                "承租人联系电话 租客联系电话 承租人手机"
            ),
            phones, several=True, private=True,
        ),
        Column(
            "lease_start",
            N_("Lease starts on"),
            _words(
                "租赁开始日期 租期开始 起租日期 起租日 租赁开始时间 租赁起始日期 出租日期 租赁开始"
            ),
            day,
        ),
        Column(
            "lease_end",
            N_("Lease ends on"),
            _words(
                "租赁结束日期 租期结束 到期日期 租赁到期日期 租赁到期 租赁结束时间 退租日期 "
                "租期到期 租赁终止日期"
            ),
            day,
        ),
        Column(
            "plates",
            N_("Number plates"),
            _words(
                "车牌号 车牌 车牌号码 车辆牌照 业主车牌 车辆 车号 车牌照"
            ),
            plates, several=True,
        ),
        Column(
            "space",
            N_("Parking space"),
            _words(
                "车位 车位号 停车位 车位编号 车位编码 车库号 停车位号 固定车位"
            ),
            word,
        ),
        Column(
            "address",
            N_("Postal address"),
            _words(
                "通讯地址 联系地址 通信地址 邮寄地址 现住址 户籍地址 家庭住址 送达地址"
            ),
            word,
        ),
        Column(
            "email",
            N_("E-mail"),
            _words(
                "电子邮箱 邮箱 电子邮件"
            ),
            email,
        ),
        Column(
            "remark",
            N_("Remark"),
            _words(
                "备注 说明 备注说明 其他 备注信息"
            ),
            text, fills=False,
        ),
    )
    return Layout(
        columns,
        keys=frozenset(("room",)),
        besides=frozenset(("owner_names", "owner_phones", "gross_area")),
        groups=_words(
            "房屋 房产 业主 户主 产权人 基本 基本信息 基础 客户 住户 物业 房屋及业主 业主及房屋 "
            "房屋基本 业主基本 面积 联系 个人"
        ),
        speaks=speaks_of_place,
        settle=whose,
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())
