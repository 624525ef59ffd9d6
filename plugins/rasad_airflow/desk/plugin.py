"""What Airflow is told of: the pages, their place in the navigation, the links from tasks to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote, urlsplit

from airflow.configuration import conf
from airflow.plugins_manager import AirflowPlugin
from airflow.sdk import BaseOperatorLink

from rasad_airflow.desk.app import PREFIX, create_app

if TYPE_CHECKING:
    from airflow.sdk.types import TaskInstanceKey


def href(path: str = "") -> str:
    """A page's address: a path, so that whichever host name Airflow is reached by, the login counts for it."""
    return urlsplit(conf.get("api", "base_url", fallback="") or "").path.rstrip("/") + f"{PREFIX}/{path}"


class DeskLink(BaseOperatorLink):
    """From a task of Rasad's DAGs to the page that shows what came of it."""

    name = "Rasad · رصد"

    def get_link(self, operator: Any, *, ti_key: TaskInstanceKey) -> str:
        """The run's page for what was fetched or read, today's for trends, the sources' and the health
        page for the rest; else nothing."""
        tags = set(getattr(getattr(operator, "dag", None), "tags", None) or ())
        if tags and "rasad" not in tags:
            return ""
        match ti_key.dag_id:
            case "ingest_urls" | "ingest_news" | "backfill_archive":
                return href(f"run/{quote(ti_key.run_id, safe='')}")
            case "measure_trends" | "reextract_facts":
                return href()
            case "maintain_warehouse":
                return href("sources")
            case "check_warehouse":
                return href("health")
        return ""


class RasadPlugin(AirflowPlugin):
    """The plugin, as Airflow reads it."""

    name = "rasad"
    fastapi_apps: ClassVar = [{"app": create_app(), "url_prefix": PREFIX, "name": "Rasad"}]
    external_views: ClassVar = [
        {
            "name": "Rasad · رصد",
            "href": href(),
            "url_route": "rasad",
            "destination": "nav",
            "category": "browse",
        }
    ]
    global_operator_extra_links: ClassVar = [DeskLink()]
