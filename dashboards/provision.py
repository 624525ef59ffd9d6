"""Brings Superset to what the files say, as often as it is run: its tables, roles and first user, then assets/.

Runs in Superset's environment. RASAD_DASHBOARDS_WAREHOUSE: the `postgresql://` address that charts read through;
RASAD_DASHBOARDS_USER and RASAD_DASHBOARDS_PASSWORD: the administrator's login, made or set to this password.
"""

from __future__ import annotations

import os
from pathlib import Path

import yaml
from flask import g
from flask_migrate import upgrade
from superset.app import create_app

ASSETS = Path(__file__).parent / "assets"


def contents(warehouse: str) -> dict[str, str]:
    """The asset files by their names as an import wants them, with the warehouse's address in the database's."""
    files = {str(path.relative_to(ASSETS)): path.read_text() for path in sorted(ASSETS.rglob("*.yaml"))}
    name = "databases/warehouse.yaml"
    database = yaml.safe_load(files[name])
    database["sqlalchemy_uri"] = warehouse.replace("postgresql://", "postgresql+psycopg2://", 1)
    return {**files, name: yaml.safe_dump(database, allow_unicode=True)}


def main() -> None:
    user, password = os.environ["RASAD_DASHBOARDS_USER"], os.environ["RASAD_DASHBOARDS_PASSWORD"]
    files = contents(os.environ["RASAD_DASHBOARDS_WAREHOUSE"])
    app = create_app()
    with app.app_context():
        from superset import appbuilder, security_manager  # these exist once the app does
        from superset.commands.importers.v1.assets import ImportAssetsCommand

        upgrade()
        appbuilder.add_permissions(update_perms=True)
        security_manager.sync_role_definitions()
        admin = security_manager.find_user(user)
        if admin is None:
            role = security_manager.find_role("Admin")
            admin = security_manager.add_user(user, "رصد", "", f"{user}@localhost", role, password)
        else:
            security_manager.reset_password(admin.id, password)
        g.user = admin  # whose the assets are
        ImportAssetsCommand(files).run()


if __name__ == "__main__":
    main()
