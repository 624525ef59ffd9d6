"""Rasad's ties to Airflow: its settings in one place, and what starts and ends it on one machine."""
