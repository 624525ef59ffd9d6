"""Airflow's scheduler with the libraries that tasks import already loaded: the LocalExecutor forks tasks from it, and
each one would spend 0.3 CPU seconds on importing them. Our own code stays out, so that tasks run it as it is now."""

import bs4  # noqa: F401
import feedparser  # noqa: F401
import psycopg2  # noqa: F401
import requests  # noqa: F401
import trafilatura  # noqa: F401
import warcio  # noqa: F401
from airflow.__main__ import main

if __name__ == "__main__":
    main()
