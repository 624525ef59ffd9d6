"""What DAGs tell each other about."""

from airflow.sdk import Asset

# Updated once a run by ingest_news' publish, with the run's counts; measure_trends waits for it.
FACTS = Asset(name="facts", uri="postgres://warehouse/warehouse/news/fact", group="rasad")
