"""What every task needs of the house: the settings, and the warehouse's address out of its connection."""

from __future__ import annotations

import contextlib
import os
from urllib.parse import unquote, urlsplit

from airflow.sdk import BaseHook
from airflow.sdk.exceptions import AirflowException
from airflow.sdk.log import mask_secret

from rasad.settings import Settings
from rasad.warehouse.connection import WarehouseError

CONNECTION = "warehouse"
METADATA = "airflow_metadata"


def settings() -> Settings:
    """Settings from the environment. Raises SettingsError.

    The passwords of proxies are made known to Airflow, which then writes them into no log.
    """
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        for address in filter(None, (os.environ.get(name), os.environ.get(name.lower()))):
            with contextlib.suppress(ValueError):  # no address: whoever uses it says so
                password = urlsplit(address).password or ""
                mask_secret([password, unquote(password)])
    return Settings.from_env()


def _address(name: str, purpose: str) -> str:
    try:
        connection = BaseHook.get_connection(name)
    except AirflowException:
        raise WarehouseError(
            f"no Airflow connection is called {name!r}, which {purpose}: set AIRFLOW_CONN_{name.upper()} to a "
            "postgresql:// address, or add it under Admin, Connections"
        ) from None
    # Airflow writes the scheme as postgres; libpq takes both.
    return str(connection.get_uri()).replace("postgres://", "postgresql://", 1)


def warehouse() -> str:
    """The `postgresql://` address of the connection `warehouse`. Raises WarehouseError naming the way out."""
    return _address(CONNECTION, "names the warehouse")


def metadata() -> str:
    """The address of Airflow's own database, for its clean-up alone: tasks get no access to it otherwise."""
    return _address(METADATA, "names Airflow's own database, for its clean-up")
