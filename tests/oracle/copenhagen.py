"""What the packaged Copenhagen configuration says, written down once more by hand.

Only the part that the random exports use; nothing here is read from the configuration itself.
"""

from __future__ import annotations

import datetime as dt
from typing import Final, NamedTuple


class Library(NamedTuple):
    """A library, its ids in other systems and names under which exports mention it."""

    isil: str
    node_id: int
    names: tuple[str, ...]


LIBRARIES: Final[dict[str, Library]] = {
    "hovedbiblioteket": Library(
        "DK-710100", 104, ("Hovedbiblioteket", "Københavns Hovedbibliotek")
    ),
    "blaagaarden": Library(
        "DK-710104", 102, ("Blågårdens Bibliotek", "Blågården", "Blågårds Plads Bibliotek")
    ),
    "broenshoej": Library("DK-710105", 105, ("Brønshøj Bibliotek", "Brønshøj")),
    "christianshavn": Library("DK-710106", 106, ("Christianshavns Bibliotek", "Christianshavn")),
    "husum": Library("DK-710107", 107, ("Husum Bibliotek", "Husum")),
    "islands_brygge": Library("DK-710108", 108, ("Islands Brygge Bibliotek", "Islands Brygge")),
    "oebro_jagtvej": Library("DK-710109", 109, ("Øbro Jagtvej Bibliotek", "Øbro Jagtvej")),
    "rentemestervej": Library(
        "DK-710110", 110, ("BIBLIOTEKET Rentemestervej", "Rentemestervej Bibliotek")
    ),
    "noerrebro": Library("DK-710111", 103, ("Nørrebro Bibliotek", "Nørrebro")),
    "solvang": Library("DK-710112", 111, ("Solvang Bibliotek", "Solvang")),
    "sundby": Library("DK-710113", 112, ("Sundby Bibliotek", "Sundby")),
    "bibliotekshuset": Library("DK-710114", 113, ("Bibliotekshuset", "Bibliotekshuset Rodosvej")),
    "sydhavnen": Library("DK-710115", 114, ("Sydhavnens Bibliotek", "Sydhavn Bibliotek")),
    "tingbjerg": Library(
        "DK-710116", 115, ("Tingbjerg Bibliotek\\Kulturhus", "Tingbjerg Bibliotek/Kulturhus")
    ),
    "valby": Library("DK-710117", 116, ("Valby Bibliotek", "Valby")),
    "vanloese": Library("DK-710118", 117, ("Kulturstationen Vanløse", "Vanløse Bibliotek")),
    "vesterbro": Library(
        "DK-710119",
        101,
        (
            "Vesterbro Bibliotek og Kulturhus",
            "Vesterbro Bibliotek & Kulturhus",
            "Vesterbro Bibliotek",
            "Vesterbro",
        ),
    ),
    "vigerslev": Library("DK-710120", 118, ("Vigerslev Bibliotek", "Vigerslev")),
    "oesterbro": Library("DK-710121", 119, ("Østerbro Bibliotek", "Østerbro")),
    "oerestad": Library("DK-710122", 120, ("Ørestad Bibliotek", "Ørestad")),
}
PLACES_THAT_ARE_NO_LIBRARY: Final = (
    "Københavns Rådhus",
    "Nørrebrohallen",
    "Vesterbro Svømmehal",
    "Grøndal MultiCenter",
    "Øbro-Hallen",
    "Valby Kulturhus",
    "Borgerservice",
)
UNKNOWN_PLACES: Final = ("Frederiksberg Bibliotek", "Bygning 7, ukendt", "Norrebro Bibliotek")

UNSAFE_BEHAVIOUR: Final = "unsafe_behaviour"
CATEGORIES: Final[dict[str, tuple[str, ...]]] = {
    UNSAFE_BEHAVIOUR: ("Utryghedsskabende adfærd", "Utryghedsskabende", "Utryg adfærd"),
    "threats": ("Trusler", "Trussel", "Trusler mod personale"),
    "violence": ("Vold", "Fysisk vold"),
    "harassment": ("Chikane og krænkende adfærd", "Chikane", "Krænkende adfærd"),
    "vandalism": ("Hærværk",),
    "theft_burglary": ("Tyveri og indbrud", "Tyveri", "Tyveri/indbrud"),
    "intoxicated_persons": ("Ophold af påvirkede personer", "Påvirkede personer"),
    "noise_disturbance": ("Støj og uro", "Støj", "Uro"),
    "smoking_alcohol_drugs": ("Røg, alkohol og stoffer", "Rygning, alkohol og stoffer"),
    "fire_alarm": ("Brand og alarm", "Brand/alarm", "Alarm"),
    "technical_access": ("Teknik og adgang", "Teknik", "Adgang"),
    "medical_assistance": ("Medicinsk hjælp", "Førstehjælp"),
    "other": ("Andet", "Øvrigt"),
}
UNKNOWN_CATEGORIES: Final = ("Rengøring", "Diverse", "Vold?")

INCIDENT_HEADERS: Final[dict[str, tuple[str, ...]]] = {
    "incident_id": ("Nr.", "Nummer", "Indmeldingsnr.", "Sagsnr.", "ID"),
    "reported_at": ("Oprettet", "Oprettelsesdato", "Indmeldt", "Registreret"),
    "occurred_at": ("Hændelsestidspunkt", "Hændelsesdato"),
    "occurred_time": ("Klokkeslæt",),
    "location": ("Ejendom", "Bygning", "Lokation", "Sted", "Bibliotek"),
    "category": ("Kategori", "Hændelsestype", "Type"),
    "status": ("Status", "Tilstand"),
    "updated_at": ("Senest ændret", "Ændret"),
    "count": ("Antal",),
}
VOID_STATUSES: Final = ("Annulleret", "Fejloprettet", "Dublet")

LIBRARY_VARIABLE: Final = "bibliotek"
ANSWERS: Final[dict[str, tuple[str, ...]]] = {
    "tryg": ("Meget tryg", "Tryg", "Hverken tryg eller utryg", "Utryg", "Meget utryg"),
    "kompetence": (
        "I meget høj grad",
        "I høj grad",
        "I nogen grad",
        "I mindre grad",
        "I ringe grad",
        "I lav grad",
        "I meget lav grad",
        "Slet ikke",
    ),
}
FAVOURABLE: Final[dict[str, tuple[str, ...]]] = {
    "tryg": ("Meget tryg", "Tryg"),
    "kompetence": ("I høj grad", "I meget høj grad"),
}
NOT_COUNTED: Final = "Ved ikke"
QUESTION_TEXTS: Final = {
    "tryg": "Hvor tryg føler du dig, når du går på arbejde?",
    "kompetence": (
        "I hvor høj grad oplever du at have kompetencer til at håndtere situationer med "
        "utryghedsskabende adfærd?"
    ),
}
MINIMUM_RESPONDENTS: Final = 5

OPENING_TITLES: Final[dict[str, tuple[str, ...]]] = {
    "open": ("Åbent",),
    "staffed": ("Med betjening", "Personlig betjening", "Med personale"),
    "self_service": ("Selvbetjening", "Selvbetjening & læsesale"),
    "ignored": ("Borgerservice", "Telefontid", "Telefon"),
}
UNKNOWN_TITLES: Final = ("Lektiehjælp", "Café")
# Self-service hours of Monday to Sunday, and the date from which they hold.
NORMAL_FROM: Final = dt.date(2022, 1, 1)
NORMAL_SELF_SERVICE: Final[dict[str, tuple[float, ...]]] = {
    "vesterbro": (7, 7, 7, 7, 7, 9, 9),
    "blaagaarden": (7, 7, 7, 7, 7, 9, 9),
    "noerrebro": (7, 7, 7, 7, 7, 9, 9),
}

WEEKDAYS: Final = ("man", "tir", "ons", "tor", "fre", "lør", "søn")
FUNCTIONS: Final[dict[str, tuple[str, ...]]] = {
    "guard": ("Vagt og Sikring", "Vagt"),
    "night_host": ("Natteværter", "Nattevært"),
    "relation_worker": ("Relationsmedarbejder", "Relationsmedarbejdere"),
}
PRESENCE_STATUSES: Final[dict[str, str]] = {"planned": "planlagt", "actual": "faktisk"}

MATURITY_DAYS: Final = 14
