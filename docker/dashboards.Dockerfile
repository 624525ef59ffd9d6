# Superset with the dashboards of dashboards/, in an environment of its own: it wants another SQLAlchemy than Airflow.
# Build from the repository's root: docker compose build dashboards

FROM python:3.11.15-slim-bookworm AS base

FROM base AS environment
WORKDIR /build
COPY requirements.txt requirements-dashboards.txt ./
# As in Dockerfile: uv by hash from the lock, then what is locked, wheels alone.
RUN sed -n '/^uv==/,/^[^ ]/{/^uv==/p;/^ /p}' requirements.txt > uv.txt \
 && pip install --no-cache-dir --no-deps --require-hashes -r uv.txt \
 && uv venv /opt/venv \
 && VIRTUAL_ENV=/opt/venv uv pip sync --no-cache --link-mode=copy --only-binary :all: --require-hashes \
        --compile-bytecode requirements-dashboards.txt

FROM base
RUN useradd --uid 50000 --gid 0 --create-home --home-dir /opt/superset --shell /usr/sbin/nologin superset
COPY --from=environment /opt/venv /opt/venv
WORKDIR /opt/rasad
COPY LICENSE ./
COPY dashboards dashboards
COPY docker/dashboards.sh docker/healthy.py docker/
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    SUPERSET_CONFIG_PATH=/opt/rasad/dashboards/superset_config.py \
    SUPERSET_HOME=/opt/superset
USER superset
CMD ["/opt/rasad/docker/dashboards.sh"]
