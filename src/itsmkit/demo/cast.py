"""Who plays in the demo: the people of a small company, in English or Chinese, as records a desk can load."""

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
MERIDIAN = "meridian"

_EN_STAFF = (
    # part, id, name, department, roles, teams
    ("agent", "ines.vogel", "Ines Vogel", "IT", ("service_desk",), (DESK,)),
    ("agent2", "tom.reimann", "Tom Reimann", "IT", ("service_desk",), (DESK,)),
    ("network", "karim.haddad", "Karim Haddad", "IT", ("support",), (INFRASTRUCTURE,)),
    ("network2", "greta.lindner", "Greta Lindner", "IT", ("support",), (INFRASTRUCTURE,)),
    ("applications", "julia.sommer", "Julia Sommer", "IT", ("support",), (APPLICATIONS,)),
    ("applications2", "pavel.novak", "Pavel Novak", "IT", ("support",), (APPLICATIONS,)),
    ("workplace", "emre.aydin", "Emre Aydin", "IT", ("support",), (INFRASTRUCTURE,)),
    ("vendor", "astrid.lund", "Astrid Lund", "Meridian Systems", ("vendor_support",), (VENDOR,)),
    ("manager", "robert.engel", "Robert Engel", "IT", ("incident_manager",), ()),
    ("department", "claudia.winter", "Claudia Winter", "IT", ("department_manager",), ()),
    ("owner", "hanna.petersen", "Hanna Petersen", "IT", ("process_owner",), ()),
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
    ("agent", "wang.fang", "王芳", "信息部", ("service_desk",), (DESK,)),
    ("agent2", "li.jun", "李军", "信息部", ("service_desk",), (DESK,)),
    ("network", "zhao.lei", "赵磊", "信息部", ("support",), (INFRASTRUCTURE,)),
    ("network2", "sun.yan", "孙燕", "信息部", ("support",), (INFRASTRUCTURE,)),
    ("applications", "zhou.min", "周敏", "信息部", ("support",), (APPLICATIONS,)),
    ("applications2", "wu.qiang", "吴强", "信息部", ("support",), (APPLICATIONS,)),
    ("workplace", "he.yong", "何勇", "信息部", ("support",), (INFRASTRUCTURE,)),
    ("vendor", "xu.jing", "徐静", "子午线软件", ("vendor_support",), (VENDOR,)),
    ("manager", "ma.hongwei", "马宏伟", "信息部", ("incident_manager",), ()),
    ("department", "gao.lihua", "高丽华", "信息部", ("department_manager",), ()),
    ("owner", "lin.yue", "林悦", "信息部", ("process_owner",), ()),
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


def cast(language: str) -> Cast:
    """The company that speaks that language; whoever plays "abroad" writes Chinese in any case."""
    if language == "zh":
        vendor = _vendor("子午线软件", "应用系统")
        return _cast("港湾机械", "gangwan.example", staff=_ZH_STAFF, users=_ZH_USERS, vendor=vendor, language="zh",
                     phone="+86 21 5550")  # fmt: skip
    users = tuple(
        (name, department, name.lower().replace(" ", ".").replace("ü", "ue")) for name, department in _EN_USERS
    )
    vendor = _vendor("Meridian Systems", "application system")
    return _cast("Harbour Works", "harbour.example", staff=_EN_STAFF, users=users, vendor=vendor, language="en",
                 phone="+49 40 5550")  # fmt: skip


def _vendor(name: str, category: str) -> Team:
    return Team(id=VENDOR, name=name, line=3, categories=(category,), services=("erp",), vendor=MERIDIAN)


def _cast(
    company: str,
    domain: str,
    *,
    staff: tuple[tuple[str, str, str, str, tuple[str, ...], tuple[str, ...]], ...],
    users: tuple[tuple[str, str, str], ...],
    vendor: Team,
    language: str,
    phone: str,
) -> Cast:
    people = [
        Person(
            id=id_.replace(".", "-"), name=name, mails=(f"{id_}@{domain}",), department=department, customer=company,
            language=language, roles=roles, teams=teams, vendor=MERIDIAN if VENDOR in teams else "",
        )
        for _, id_, name, department, roles, teams in staff
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
