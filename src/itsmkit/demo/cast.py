"""Who plays in the demo: the people of a small company, in English or Chinese, as records a desk can load."""

from collections.abc import Mapping
from types import MappingProxyType

from attrs import field, frozen

from itsmkit.core.model.party import Person, Team


@frozen
class Cast:
    """The company's people and the teams they work in.

    `parts` maps the part that somebody plays in a scene ("agent", "vendor" …) to a person's id. `vendor` is the team
    that a new site doesn't have.
    """

    company: str
    domain: str
    people: tuple[Person, ...]
    vendor: Team
    parts: dict[str, str]
    by_id: dict[str, Person] = field(init=False)

    @by_id.default
    def _by_id(self) -> dict[str, Person]:
        return {one.id: one for one in self.people}

    def person(self, part: str) -> Person:
        """Who plays that part; a person's id plays itself."""
        return self.by_id[self.parts.get(part, part)]

    @property
    def users(self) -> tuple[Person, ...]:
        """Those who only report."""
        return tuple(one for one in self.people if one.roles == ("user",))


DESK, INFRASTRUCTURE, APPLICATIONS, VENDOR = "service-desk", "infrastructure", "applications", "software-vendor"
"""The teams: those of every new site, and a vendor that the company has a contract with."""
MERIDIAN, HARDWARE = "meridian", "hardware-vendor"
"""The vendors: that one, and the one whose team every new site has, by the vendor's name."""
ROLES: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType({
    "tiered": {
        "desk": ("service_desk",), "specialist": ("support",), "of_vendor": ("vendor_support",),
        "vendor_manager": ("vendor_support",), "manager": ("incident_manager",),
    },
    "vendor": {
        "desk": ("service_desk",), "specialist": ("analyst",), "of_vendor": ("vendor_analyst",),
        "vendor_manager": ("vendor_incident_manager", "vendor_problem_manager"), "manager": ("is_incident_manager",),
    },
})  # fmt: skip
"""The roles of each job by organisation model; a job that isn't named here is a role of every model."""

_VENDORS: Mapping[tuple[str, ...], str] = MappingProxyType({(VENDOR,): MERIDIAN, (HARDWARE,): HARDWARE})
"""Whom the staff of a vendor's team work for."""

_EN_STAFF = (
    # part, id, name, department, job, teams
    ("agent", "ines.vogel", "Ines Vogel", "IT", "desk", (DESK,)),
    ("agent2", "tom.reimann", "Tom Reimann", "IT", "desk", (DESK,)),
    ("network", "karim.haddad", "Karim Haddad", "IT", "specialist", (INFRASTRUCTURE,)),
    ("network2", "greta.lindner", "Greta Lindner", "IT", "specialist", (INFRASTRUCTURE,)),
    ("applications", "julia.sommer", "Julia Sommer", "IT", "specialist", (APPLICATIONS,)),
    ("applications2", "pavel.novak", "Pavel Novak", "IT", "specialist", (APPLICATIONS,)),
    ("workplace", "emre.aydin", "Emre Aydin", "IT", "specialist", (INFRASTRUCTURE,)),
    ("vendor", "astrid.lund", "Astrid Lund", "Meridian Systems", "of_vendor", (VENDOR,)),
    ("vendor_manager", "bjorn.dahl", "Bjorn Dahl", "Meridian Systems", "vendor_manager", (VENDOR,)),
    ("hardware", "rosa.blanco", "Rosa Blanco", "Hardware vendor", "of_vendor", (HARDWARE,)),
    ("hardware_manager", "erik.holm", "Erik Holm", "Hardware vendor", "vendor_manager", (HARDWARE,)),
    ("manager", "robert.engel", "Robert Engel", "IT", "manager", ()),
    ("department", "claudia.winter", "Claudia Winter", "IT", "department_manager", ()),
    ("owner", "hanna.petersen", "Hanna Petersen", "IT", "process_owner", ()),
)
_EN_USERS = (
    ("Lena Brandt", "Sales"), ("Markus Feld", "Sales"), ("Sofia Keller", "Sales"), ("Jan Dierks", "Sales"),
    ("Nora Falk", "Finance"), ("Oliver Kranz", "Finance"), ("Petra Lang", "Finance"),
    ("Chen Wei", "Logistics"), ("Maria Torres", "Logistics"), ("Felix Arndt", "Logistics"),
    ("Birgit Thoms", "Logistics"), ("Yusuf Demir", "Logistics"),
    ("Carla Neri", "Design"), ("Simon Beck", "Design"), ("Amelie Roth", "Design"),
    ("Georg Stein", "Works"), ("Heike Pohl", "Works"), ("Ivan Petrov", "Works"), ("Anna Meier", "Works"),
    ("Rita Hahn", "Human Resources"), ("Lukas Wolf", "Human Resources"),
    ("Eva Brück", "Legal"), ("Max Hartwig", "Legal"),
)  # fmt: skip

_ZH_STAFF = (
    ("agent", "wang.fang", "王芳", "信息部", "desk", (DESK,)),
    ("agent2", "li.jun", "李军", "信息部", "desk", (DESK,)),
    ("network", "zhao.lei", "赵磊", "信息部", "specialist", (INFRASTRUCTURE,)),
    ("network2", "sun.yan", "孙燕", "信息部", "specialist", (INFRASTRUCTURE,)),
    ("applications", "zhou.min", "周敏", "信息部", "specialist", (APPLICATIONS,)),
    ("applications2", "wu.qiang", "吴强", "信息部", "specialist", (APPLICATIONS,)),
    ("workplace", "he.yong", "何勇", "信息部", "specialist", (INFRASTRUCTURE,)),
    ("vendor", "xu.jing", "徐静", "子午线软件", "of_vendor", (VENDOR,)),
    ("vendor_manager", "deng.kai", "邓凯", "子午线软件", "vendor_manager", (VENDOR,)),
    ("hardware", "shen.jie", "沈洁", "硬件服务商", "of_vendor", (HARDWARE,)),
    ("hardware_manager", "lu.ming", "陆明", "硬件服务商", "vendor_manager", (HARDWARE,)),
    ("manager", "ma.hongwei", "马宏伟", "信息部", "manager", ()),
    ("department", "gao.lihua", "高丽华", "信息部", "department_manager", ()),
    ("owner", "lin.yue", "林悦", "信息部", "process_owner", ()),
)
_ZH_USERS = (
    ("陈晨", "销售部", "chen.chen"), ("杨柳", "销售部", "yang.liu"), ("黄海", "销售部", "huang.hai"),
    ("刘洋", "销售部", "liu.yang"), ("郭静", "财务部", "guo.jing"), ("罗斌", "财务部", "luo.bin"),
    ("梁雪", "财务部", "liang.xue"), ("宋涛", "物流部", "song.tao"), ("唐慧", "物流部", "tang.hui"),
    ("许峰", "物流部", "xu.feng"), ("韩梅", "物流部", "han.mei"), ("冯刚", "物流部", "feng.gang"),
    ("曹颖", "设计部", "cao.ying"), ("彭博", "设计部", "peng.bo"), ("曾琳", "设计部", "zeng.lin"),
    ("肖健", "生产部", "xiao.jian"), ("田雨", "生产部", "tian.yu"), ("董超", "生产部", "dong.chao"),
    ("袁丽", "生产部", "yuan.li"), ("潘虹", "人事部", "pan.hong"), ("于洋", "人事部", "yu.yang"),
    ("蒋欣", "法务部", "jiang.xin"), ("蔡明", "法务部", "cai.ming"),
)  # fmt: skip
_PLAYED = MappingProxyType({
    "user": 0, "user2": 1, "finance": 4, "finance2": 5, "abroad": 7, "holiday": 8, "works": 15, "works2": 16, "hr": 19,
    "legal": 21,
})  # fmt: skip
"""The parts that users play, and which of them."""


def cast(language: str, model: str) -> Cast:
    """The company that speaks that language, in that organisation model; whoever plays "abroad" writes Chinese.

    The people are the same in every model, their roles are the model's.
    """
    if language == "zh":
        vendor = _vendor("子午线软件", "应用系统")
        return _cast("港湾机械", "gangwan.example", staff=_ZH_STAFF, users=_ZH_USERS, vendor=vendor, model=model,
                     language="zh", phone="+86 21 5550")  # fmt: skip
    users = tuple(
        (name, department, name.lower().replace(" ", ".").replace("ü", "ue")) for name, department in _EN_USERS
    )
    vendor = _vendor("Meridian Systems", "application system")
    return _cast("Harbour Works", "harbour.example", staff=_EN_STAFF, users=users, vendor=vendor, model=model,
                 language="en", phone="+49 40 5550")  # fmt: skip


def _vendor(name: str, category: str) -> Team:
    return Team(id=VENDOR, name=name, line=3, categories=(category,), services=("erp",), vendor=MERIDIAN)


def _cast(
    company: str,
    domain: str,
    *,
    staff: tuple[tuple[str, str, str, str, str, tuple[str, ...]], ...],
    users: tuple[tuple[str, str, str], ...],
    vendor: Team,
    model: str,
    language: str,
    phone: str,
) -> Cast:
    people = [
        Person(
            id=id_.replace(".", "-"), name=name, mails=(f"{id_}@{domain}",), department=department, customer=company,
            language=language, roles=ROLES[model].get(job, (job,)), teams=teams, vendor=_VENDORS.get(teams, ""),
        )
        for _, id_, name, department, job, teams in staff
    ]  # fmt: skip
    parts = {part: person.id for (part, *_), person in zip(staff, people, strict=True)}
    for at, (name, department, local) in enumerate(users):
        person = Person(
            id=f"u-{local.replace('.', '-')}", name=name, mails=(f"{local}@{domain}",), employee=f"E{1001 + at}",
            phone=f"{phone} {101 + at}", department=department, customer=company,
            language="zh" if at == _PLAYED["abroad"] else language, roles=("user",),
        )  # fmt: skip
        people.append(person)
        parts |= {part: person.id for part, place in _PLAYED.items() if place == at}
    return Cast(company, domain, tuple(people), vendor, parts)
