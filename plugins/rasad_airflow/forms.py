"""Fields of the forms by which people start runs: labels and help in English and Arabic, choices with names."""

from __future__ import annotations

from airflow.sdk import Param

from rasad.model import Source
from rasad.settings import Settings, SettingsError
from rasad.sources import SourceError
from rasad.stages.by_hand import BY_ADDRESS
from rasad.stages.plan import load_sources


def days() -> dict[str, Param]:
    """First and last day of publication, both of which may be left empty."""
    return {
        "since": Param(
            None,
            type=["null", "string"],
            format="date",
            title="Since · من تاريخ",
            description="First day of publication; empty: from the beginning. أول يوم نشر، وإن تُرك فارغا فمن البداية",
        ),
        "until": Param(
            None,
            type=["null", "string"],
            format="date",
            title="Until · إلى تاريخ",
            description="Last day of publication; empty: to the end. آخر يوم نشر، وإن تُرك فارغا فحتى النهاية",
        ),
    }


def sources(description: str, polled: bool = False) -> Param:
    """Any number of sources, chosen by name; `polled`: only those that are read from feeds.

    Choices are a help, no fence: an id that is not among them is told by `plan`, which names the field.
    """
    names = _names(polled)
    return Param(
        [],
        type="array",
        items={"type": "string"},
        examples=list(names),
        values_display=names,
        title="Sources · المصادر",
        description=description,
    )


def source(description: str) -> Param:
    """One source, chosen by name, or none."""
    names = {BY_ADDRESS: "As the address says · بحسب العنوان", **_names(polled=False)}
    return Param(
        BY_ADDRESS,
        type="string",
        enum=list(names),
        values_display=names,
        title="Source · المصدر",
        description=description,
    )


def _names(polled: bool) -> dict[str, str]:
    """Id → name as a person looks for it. A file that is wrong must not take the form away: `plan` says which it is."""
    try:
        found = load_sources(Settings.from_env()).values()
    except (SettingsError, SourceError):
        return {}
    chosen = [one for one in found if one.enabled or not polled]
    return {one.id: _name(one) for one in sorted(chosen, key=lambda one: one.name_en.casefold())}


def _name(one: Source) -> str:
    return f"{one.name_en} · {one.name_ar} ({one.country})"
