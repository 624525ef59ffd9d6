-- What of a source was not loaded, the newest first: a page of Airflow's UI asks for it.
CREATE INDEX page_unloaded ON news.page (source_id, settled_at DESC NULLS LAST) WHERE outcome <> 'loaded';
