#!/bin/sh
# Brings Superset to what dashboards/ says, as `make dashboards` does, and serves it. What people changed there in the
# browser is overwritten where the files say otherwise; what they added stays.
set -eu

here=$(dirname "$0")
python "$here/../dashboards/provision.py"
exec python -m gunicorn --workers 1 --worker-class gthread --threads 8 --timeout 120 \
    --bind "${RASAD_DASHBOARDS_LISTEN:-0.0.0.0:8088}" "superset.app:create_app()"
