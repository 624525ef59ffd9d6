"""Rasad's pages in Airflow's UI: today, an article with its facts, an entity, the sources, a search, a run."""
