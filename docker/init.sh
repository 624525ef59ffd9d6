#!/bin/sh
# Brings databases, pools, the first user and the landing zone to what this image needs; run by `airflow-init`
# before anything else starts, and again at each upgrade. Every step can be repeated.
set -eu

echo "rasad: Airflow's tables"
airflow db migrate

echo "rasad: pools"
airflow pools import /opt/rasad/docker/pools.json

echo "rasad: user $AIRFLOW_ADMIN_USER"  # left alone if there is one of that name
airflow users create --role Admin --username "$AIRFLOW_ADMIN_USER" --password "$AIRFLOW_ADMIN_PASSWORD" \
    --email "$AIRFLOW_ADMIN_EMAIL" --firstname Rasad --lastname Operator

echo "rasad: the warehouse's tables"
python -m rasad migrate

echo "rasad: landing zone $RASAD_LANDING"
python - <<'PYTHON'
import os

from upath import UPath

landing = UPath(os.environ["RASAD_LANDING"])
landing.mkdir(parents=True, exist_ok=True)  # makes the bucket where it is missing
probe = landing / ".writable"
probe.write_bytes(b"")
probe.unlink()
PYTHON
