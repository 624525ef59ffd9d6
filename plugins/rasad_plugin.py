"""Hands Airflow the plugin: Airflow executes the files of this folder, so there is one, and it is short."""

from rasad_airflow.desk.plugin import RasadPlugin

__all__ = ["RasadPlugin"]
