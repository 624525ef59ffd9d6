"""The analyst's views over the loaded newsroom: what they hold, what they mean, and that they keep their columns."""

from __future__ import annotations

from datetime import timedelta

import pytest
from babel import Locale
from tests.newsroom.articles import articles
from tests.newsroom.gold import expected
from tests.newsroom.publishers import PUBLISHERS

from rasad.arabic.text import key
from rasad.warehouse.connection import connect

pytestmark = pytest.mark.postgres

# Dashboards and notebooks name these columns: a view may gain some, and loses or renames none.
COLUMNS = {
    "alerts": "alert_id list rule kind subject name_ar name_en entity_id source_id day measure value threshold "
    "articles texts stories expected score coverage basis evidence details raised_at seen_at ended_at standing told "
    "sent_at problem",
    "article_versions": "article_id url source_id source_ar source_en country version_id day day_basis current "
    "version_no first_seen_at last_seen_at published published_at updated title subtitle text authors section tags "
    "live text_key story_id extractors backend",
    "articles": "article_id url source_id source_ar source_en country day day_basis published published_at updated "
    "title text authors section tags description image language text_key story_id version_id first_seen_at versions "
    "gone_at subtitle live kept",
    "by_hand": "run_id asked source_id outcome reason url article_id title facts found dry_run done_at",
    "casualties": "day place_id place place_key place_en role first_value first_comparator first_reported_at "
    "first_source_id first_source_ar first_url first_context latest_value latest_comparator latest_reported_at "
    "latest_source_id latest_source_ar latest_url latest_context min_value max_value tolls articles texts stories "
    "sources",
    "casualty_reports": "day place_id place place_key place_en place_basis role value value_max comparator unit "
    "unit_key field start_offset end_offset surface context article_id url source_id source_ar source_en country "
    "version_id current reported_at text_key story_id fact_no",
    "checks": "name ran_at faults",
    "co_mentions": "day entity_id entity entity_key entity_en entity_type other_id other other_key other_en "
    "other_type articles texts stories sources",
    "countries": "country name_ar name_en",
    "dates": "day article_id url source_id field start_offset end_offset surface edtf first_day last_day flag "
    "confidence text_key story_id source_ar source_en country",
    "dates_ahead": "day first_day last_day edtf days_ahead article_id url source_id source_ar source_en country field "
    "start_offset end_offset surface context entity_ids entities entities_en flag confidence text_key story_id",
    "entities": "entity_id type name key name_en wikidata aliases standing",
    "entity_days": "day entity_id entity entity_en entity_type articles texts stories sources mentions",
    "entity_merges": "entity_id name into_id into_name made_by why decided_by decided_at",
    "entity_roots": "entity_id root_id",
    "entity_country_days": "day country entity_id entity entity_en entity_type articles texts stories mentions",
    "entity_source_days": "day source_id country entity_id entity entity_en entity_type articles texts stories "
    "mentions",
    "events": "day article_id url source_id source_ar source_en country type type_ar field start_offset end_offset "
    "trigger actor_id actor actor_key actor_en target_id target target_key target_en place_id place place_key "
    "place_en edtf first_day last_day confidence context text_key story_id",
    "expected_days": "first_day last_day edtf day last_mentioned_day mentions articles texts stories sources",
    "fact_changes": "article_id url source_id day changed_after changed_at updated old_version_id version_id kind "
    "change field label role unit_key currency edtf entity_id entity entity_en entity_type old_surface surface "
    "old_value value old_value_max value_max old_comparator comparator old_speaker speaker old_start_offset "
    "old_end_offset start_offset end_offset",
    "facts": "day article_id url source_id version_id fact_no kind field start_offset end_offset surface entity_id "
    "entity entity_en entity_type label value value_max comparator unit unit_key currency edtf first_day last_day "
    "speaker verb role flag details confidence extractor extractor_version backend entity_key text_key story_id "
    "source_ar source_en country sentence sentence_offset",
    "first_reports": "story_id day article_id url source_id source_ar source_en country title published_at "
    "first_seen_at basis next_source_id next_source_ar next_published_at lead tied_sources untimed_articles sources "
    "articles texts",
    "mentions": "day article_id url source_id field start_offset end_offset surface entity_id entity entity_en "
    "entity_type confidence backend entity_key text_key story_id source_ar source_en country",
    "outcomes": "page_id url source_id kind outcome reason status article_id attempts discovered_at fetched_at "
    "settled_at next_look_at gone_at",
    "outcome_days": "day source_id outcome pages",
    "phrases": "day article_id url source_id source_ar source_en country field start_offset end_offset phrase "
    "phrase_key score frequencies text_key story_id",
    "quantities": "day article_id url source_id field start_offset end_offset surface kind value value_max comparator "
    "unit unit_key currency role confidence si_value si_unit text_key story_id source_ar source_en country",
    "quotes": "day article_id url source_id indirect field start_offset end_offset quote speaker speaker_id "
    "speaker_name speaker_en speaker_type verb flag confidence context speaker_key text_key story_id source_ar "
    "source_en country",
    "runs": "run_id source_id planned_at finished_at stage seconds items",
    "source_health": "source_id name_ar name_en country enabled state why last_article_at last_poll_at next_poll_at "
    "seen_24h expected_24h seen_7d expected_7d pages_7d failed_share blocked_share outcomes problem lag_minutes",
    "sources": "source_id name_ar name_en country timezone homepage rights enabled reason articles first_day last_day "
    "feeds last_polled_at problem",
    "speaker_days": "day speaker_id speaker speaker_key speaker_en speaker_type quotes direct_quotes articles texts "
    "stories sources",
    "speakers": "speaker_id speaker speaker_key speaker_en speaker_type quotes direct_quotes articles texts stories "
    "sources first_day last_day",
    "stories": "story_id day title first_article_id first_url first_source_id first_source_ar first_source_en "
    "first_published_at last_published_at first_day last_day sources articles texts source_ids",
    "trending_entities": "day entity_id entity entity_en entity_type articles texts stories sources expected "
    "baseline_days z log_odds score burst burst_weight coverage basis over_days ratio_low ratio_high burst_since "
    "entity_key",
    "bursts": "day until entity_id entity entity_en entity_type entity_key burst_weight score coverage basis articles "
    "texts stories expected",
    "phrase_days": "day phrase_key phrase articles texts stories sources",
    "topic_days": "day topic articles texts stories sources topic_ar",
    "source_days": "day source_id source_ar source_en country articles texts stories facts expected missing coverage "
    "missing_hours",
    "source_hours": "day source_id country hour articles",
    "press_days": "day sources_expected sources_missing expected coverage",
    "trending_phrases": "day phrase_key phrase articles texts stories sources expected baseline_days z log_odds score "
    "over_days ratio_low ratio_high burst burst_since burst_weight coverage basis",
    "trending_topics": "day topic topic_ar articles texts stories sources expected baseline_days z log_odds score "
    "over_days ratio_low ratio_high burst burst_since burst_weight coverage basis",
    "watches": "list rule kind words type per thresholds rearm told last_raised_at standing",
}

# Their names say all there is to say, in whichever view they stand.
PLAIN = """
    article_id url source_id source_ar source_en country title authors section tags description image timezone homepage
    enabled entity_id page_id run_id speaker_id name_ar name_en
"""


def query(dsn, sql, *values):
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchall()


@pytest.fixture
def ask(loaded):
    return lambda sql, *values: query(loaded.dsn, sql, *values)


def test_views_keep_their_columns(ask):
    rows = ask(
        "SELECT table_name, string_agg(column_name, ' ' ORDER BY ordinal_position) "
        "FROM information_schema.columns WHERE table_schema = 'mart' GROUP BY table_name"
    )
    assert dict(rows) == COLUMNS


# In the newsroom nobody merged anything (tests/warehouse/test_registry.py does), a first edition changes nothing, no
# check has run (tests/rasad_airflow/test_quality.py), and nobody watches (tests/warehouse/test_alerts.py) or asks for
# an article by hand (tests/stages/test_by_hand.py).
@pytest.mark.parametrize(
    "view",
    sorted(COLUMNS.keys() - {"alerts", "bursts", "by_hand", "checks", "entity_merges", "fact_changes", "watches"}),
)
def test_every_view_answers_over_the_newsroom(ask, view):
    assert ask(f"SELECT count(*) > 0 FROM mart.{view}") == [(True,)]


def test_columns_that_want_an_explanation_have_one(ask):
    bare = ask(
        "SELECT c.relname || '.' || a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
        "WHERE c.relnamespace = 'mart'::regnamespace AND c.relkind = 'v' AND a.attnum > 0 "
        "AND NOT a.attname = ANY (%s) AND col_description(c.oid, a.attnum) IS NULL ORDER BY 1",
        PLAIN.split(),
    )
    assert [name for (name,) in bare] == []


def test_articles_are_one_row_each_as_they_stand(ask, loaded):
    rows = {
        row[0]: row[1:] for row in ask("SELECT url, source_id, country, day, day_basis, versions FROM mart.articles")
    }
    by_ref = {a.ref: a for a in articles(1)}
    country = {p.id: p.country for p in PUBLISHERS}
    want = {
        loaded.room.url(ref): (ref.split("/")[0], country[ref.split("/")[0]], by_ref[ref].published_at.date(),
                               "published", 1)
        for ref, e in expected(1).items() if e.outcome == "loaded"
    }  # fmt: skip
    assert rows == want


def test_a_moment_is_the_same_as_what_the_page_says(ask):
    rows = ask("SELECT published, published_at, published_at = published::timestamptz FROM mart.articles")
    for published, moment, same in rows:
        assert (moment is None) == ("T" not in published)
        assert same in (True, None)
    assert {moment is None for _, moment, _ in rows} == {True, False}  # the newsroom has both


def test_facts_are_those_of_the_current_versions(ask):
    assert ask(
        "SELECT count(*), count(DISTINCT (version_id, fact_no)), bool_and(f.day = a.day), bool_and(f.source_id = "
        "a.source_id) FROM mart.facts f JOIN mart.articles a USING (article_id, version_id, url)"
    ) == ask("SELECT count(*), count(*), true, true FROM news.fact")


@pytest.mark.parametrize(
    ("view", "kinds"),
    [
        ("mentions", ["entity"]),
        ("quotes", ["quote", "indirect_quote"]),
        ("quantities", ["quantity"]),
        ("dates", ["date"]),
    ],
)
def test_views_of_kinds_hold_all_of_them(ask, view, kinds):
    assert ask(f"SELECT count(*) FROM mart.{view}") == ask(
        "SELECT count(*) FROM mart.facts WHERE kind = ANY (%s)", kinds
    )


def test_mentions_name_their_entity(ask):
    off = ask(
        "SELECT m.surface FROM mart.mentions m LEFT JOIN mart.entities e USING (entity_id) "
        "WHERE e.name IS NULL OR m.entity <> e.name OR m.entity_type <> e.type OR NOT m.surface = ANY (e.aliases)"
    )
    assert off == []


def test_the_context_of_a_quote_holds_the_quote_and_its_surroundings(ask):
    rows = ask(
        "SELECT q.quote, q.context, q.field, q.start_offset, q.end_offset, a.title, a.text, a.kept "
        "FROM mart.quotes q JOIN mart.articles a USING (article_id)"
    )
    for quote, context, field, start, end, title, text, kept in rows:
        assert quote in context
        if field == "title" or kept == "full":
            assert context == (title if field == "title" else text[max(start - 120, 0) : end + 120])
        elif kept == "snippet":  # whole sentences
            assert context in text
        else:
            assert context == quote
    assert {indirect for (indirect,) in ask("SELECT indirect FROM mart.quotes")} == {True, False}


def test_speakers_are_entities_where_they_have_a_name(ask):
    rows = ask("SELECT speaker_id, speaker_name, speaker_type FROM mart.quotes WHERE speaker IS NOT NULL")
    assert any(number for number, _, _ in rows)
    assert all((number is None) == (name is None) == (kind is None) for number, name, kind in rows)


def test_dates_lie_within_their_days(ask):
    assert ask("SELECT edtf FROM mart.dates WHERE first_day IS NULL OR last_day < first_day OR edtf IS NULL") == []


def test_quantities_have_a_value_and_money_its_currency(ask):
    rows = ask("SELECT kind, value, value_max, comparator, currency FROM mart.quantities")
    assert {row[0] for row in rows} <= {"count", "money", "percent", "measure"}
    for kind, value, value_max, comparator, currency in rows:
        assert value is not None
        assert comparator in ("=", "<", "<=", ">", ">=", "~")
        assert value_max is None or value_max > value
        assert currency is None or (kind == "money" and len(currency) == 3)


def test_days_of_entities_equal_a_count_by_hand(ask):
    counted = ask(
        "SELECT m.day, m.entity_id, count(DISTINCT m.article_id), count(DISTINCT a.text_key), "
        "count(DISTINCT a.story_id), count(DISTINCT m.source_id), count(*) "
        "FROM mart.mentions m JOIN mart.articles a USING (article_id) GROUP BY 1, 2 ORDER BY 1, 2"
    )
    assert counted == ask(
        "SELECT day, entity_id, articles, texts, stories, sources, mentions FROM mart.entity_days ORDER BY 1, 2"
    )
    assert max(row[2] for row in counted) > 1


def test_days_of_entities_by_source_equal_a_count_by_hand(ask):
    counted = ask(
        "SELECT m.day, m.source_id, s.country, m.entity_id, count(DISTINCT m.article_id), count(*) "
        "FROM mart.mentions m JOIN mart.sources s USING (source_id) GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 4"
    )
    assert counted == ask(
        "SELECT day, source_id, country, entity_id, articles, mentions FROM mart.entity_source_days ORDER BY 1, 2, 4"
    )


def test_agency_text_on_two_sites_counts_as_one_text_and_two_articles(ask, loaded):
    (ref,) = [ref for ref, want in expected(1).items() if want.twin and ref.startswith("minbar")]
    assert ask(
        "SELECT count(*), count(DISTINCT text_key), count(DISTINCT story_id) FROM mart.articles "
        "WHERE story_id = (SELECT story_id FROM mart.articles WHERE url = %s)",
        loaded.room.url(ref),
    ) == [(2, 1, 1)]


def test_trends_say_what_they_rest_on(ask):
    rows = ask("SELECT day, baseline_days, basis, expected, articles, score FROM mart.trending_entities ORDER BY day")
    for _, baseline, basis, expected_articles, here, score in rows:
        assert basis == ("no baseline" if not baseline else "short baseline" if baseline < 14 else "full baseline")
        assert baseline  # so early, the days around stand in
        assert expected_articles == 0 or baseline
        assert here >= 1
        assert score == score  # no NaN
    days = ask("SELECT day, count(*) FROM mart.entity_days GROUP BY day ORDER BY day")
    assert days == ask("SELECT day, count(*) FROM mart.trending_entities GROUP BY day ORDER BY day")


def test_sources_are_the_publishers_with_what_is_here_of_them(ask):
    rows = ask(
        "SELECT source_id, name_ar, country, rights, feeds, articles, enabled, problem FROM mart.sources ORDER BY 1"
    )
    loaded = [ref.split("/")[0] for ref, want in expected(1).items() if want.outcome == "loaded"]
    assert rows == [
        (p.id, p.name_ar, p.country, p.rights, sum(f.listed for f in p.feeds), loaded.count(p.id), True, None)
        for p in sorted(PUBLISHERS, key=lambda p: p.id)
    ]


def test_outcomes_tell_of_every_address_and_feed(ask, loaded):
    pages = dict(ask("SELECT url, outcome FROM mart.outcomes WHERE kind = 'page'"))
    for ref, want in expected(1).items():
        assert pages[loaded.room.url(ref)] == want.outcome
    assert (
        ask("SELECT url FROM mart.outcomes WHERE kind = 'page' AND outcome NOT IN ('loaded', 'due') AND reason IS NULL")
        == []
    )
    assert ask("SELECT DISTINCT outcome, reason FROM mart.outcomes WHERE kind = 'feed'") == [("read", None)]
    looked_at = ask(
        "SELECT outcome, bool_or(next_look_at IS NOT NULL) FROM mart.outcomes WHERE kind = 'page' GROUP BY 1"
    )
    assert dict(looked_at)["loaded"] is True
    assert dict(looked_at)["gone"] is True  # it may come back
    assert dict(looked_at)["not_arabic"] is False


def test_runs_tell_each_stage_of_each_source(ask):
    stages = ask("SELECT source_id, array_agg(stage ORDER BY stage) FROM mart.runs WHERE run_id = 'first' GROUP BY 1")
    assert len(stages) == len(PUBLISHERS)
    assert {tuple(names) for _, names in stages} == {("clean", "discover", "extract", "fetch", "load")}
    assert ask("SELECT bool_and(finished_at >= planned_at AND seconds >= 0) FROM mart.runs") == [(True,)]
    cleaned, extracted = (
        ask("SELECT sum(items) FROM mart.runs WHERE stage = %s", s)[0][0] for s in ("clean", "extract")
    )
    assert (cleaned, extracted) == ask(
        "SELECT (SELECT count(*) FROM mart.articles), (SELECT count(*) FROM mart.facts)"
    )[0]


def test_countries_are_named_as_in_cldr(ask):
    arabic, english = (dict(Locale(language).territories) for language in ("ar", "en"))
    rows = ask("SELECT country, name_ar, name_en FROM mart.countries WHERE country <> 'PS'")
    assert rows == [(code, arabic[code], english[code]) for code, _, _ in rows]
    assert {p.country for p in PUBLISHERS} < {code for code, _, _ in rows}


def test_versions_are_numbered_and_one_of_each_article_stands(ask):
    assert ask("SELECT count(*), count(DISTINCT article_id), min(version_no), bool_and(current) FROM "
               "mart.article_versions") == ask("SELECT count(*), count(*), 1, true FROM mart.articles")  # fmt: skip


def test_who_had_a_story_first(ask, loaded):
    (ref,) = [ref for ref, want in expected(1).items() if want.twin and ref.startswith("minbar")]
    ((first, basis, following, lead, tied, untimed, sources, articles, texts),) = ask(
        "SELECT f.source_id, basis, next_source_id, extract(epoch FROM lead), tied_sources, untimed_articles, sources, "
        "f.articles, texts FROM mart.first_reports f JOIN mart.articles a USING (story_id) WHERE a.url = %s",
        loaded.room.url(ref),
    )
    times = {p: a.published_at for a in articles_of(ref, expected(1)[ref].twin) for p in [a.publisher]}
    early, late = sorted(times, key=times.get)
    assert (first, following) == (early, late)
    assert (basis, lead, tied, untimed) == ("published", (times[late] - times[early]).total_seconds(), 0, 0)
    assert (sources, articles, texts) == (2, 2, 1)


def articles_of(*refs):
    return [a for a in articles(1) if a.ref in refs]


def test_every_story_has_one_first_report_and_one_row(ask):
    stories = ask("SELECT story_id, count(*), count(DISTINCT source_id), count(DISTINCT text_key), min(day), max(day) "
                  "FROM mart.articles GROUP BY 1 ORDER BY 1")  # fmt: skip
    assert stories == ask("SELECT story_id, articles, sources, texts, first_day, last_day FROM mart.stories ORDER BY 1")
    assert ask("SELECT count(*) FROM mart.first_reports WHERE basis = 'seen' AND published_at IS NOT NULL") == [(0,)]


def test_speakers_are_counted_by_hand(ask):
    counted = ask(
        "SELECT speaker_id, speaker_name, count(*), count(*) FILTER (WHERE NOT indirect), count(DISTINCT article_id), "
        "count(DISTINCT text_key), count(DISTINCT story_id), count(DISTINCT source_id), min(day), max(day) "
        "FROM mart.quotes WHERE speaker_id IS NOT NULL GROUP BY 1, 2 ORDER BY 1"
    )
    columns = "speaker_id, speaker, quotes, direct_quotes, articles, texts, stories, sources, first_day, last_day"
    assert counted == ask(f"SELECT {columns} FROM mart.speakers ORDER BY 1")
    assert max(row[2] for row in counted) > 2
    quotes = ask("SELECT count(*) FROM mart.quotes WHERE speaker IS NOT NULL")
    assert quotes == ask("SELECT sum(quotes) FROM mart.speaker_days")


def test_quotes_of_a_speaker_are_the_newest_of_them(ask):
    ((speaker, quotes),) = ask("SELECT speaker_id, quotes FROM mart.speakers ORDER BY quotes DESC, speaker_id LIMIT 1")
    columns = "day, article_id, start_offset, quote, context"
    everything = ask(f"SELECT {columns} FROM mart.quotes WHERE speaker_id = %s ORDER BY day DESC", speaker)
    assert sorted(ask(f"SELECT {columns} FROM mart.quotes_of(%s)", speaker)) == sorted(everything)
    newest = ask("SELECT day FROM mart.quotes_of(%s, most => 2)", speaker)
    assert newest == [(row[0],) for row in everything[:2]]
    until = everything[0][0] - timedelta(days=1)
    assert len(ask("SELECT day FROM mart.quotes_of(%s, NULL, %s)", speaker, until)) == sum(
        day <= until for day, *_ in everything
    )
    assert quotes == len(everything)


def test_co_mentions_are_counted_by_hand(ask):
    counted = ask(
        "SELECT m.day, m.entity_id, o.entity_id, count(DISTINCT m.article_id), count(DISTINCT m.text_key), "
        "count(DISTINCT m.story_id), count(DISTINCT m.source_id) FROM mart.mentions m JOIN mart.mentions o "
        "ON o.article_id = m.article_id AND o.entity_id <> m.entity_id GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    )
    columns = "day, entity_id, other_id, articles, texts, stories, sources"
    assert counted == ask(f"SELECT {columns} FROM mart.co_mentions ORDER BY 1, 2, 3")
    ((entity,),) = ask("SELECT entity_id FROM mart.co_mentions GROUP BY 1 ORDER BY sum(articles) DESC, 1 LIMIT 1")
    beside = ask("SELECT other_id, articles FROM mart.co_mentions_of(%s)", entity)
    assert dict(beside) == dict(
        ask("SELECT other_id, sum(articles)::int FROM mart.co_mentions WHERE entity_id = %s GROUP BY 1", entity)
    )
    assert [n for _, n in beside] == sorted((n for _, n in beside), reverse=True)


def test_dates_ahead_lie_ahead_in_their_sentence(ask):
    rows = ask(
        "SELECT d.day, d.first_day, d.days_ahead, d.surface, d.context, d.field, d.entities, d.entity_ids, a.title, "
        "a.text FROM mart.dates_ahead d JOIN mart.articles a USING (article_id)"
    )
    for day, first, ahead, surface, context, field, entities, ids, title, text in rows:
        assert 0 < ahead == (first - day).days
        if field == "title" or text:  # of publishers whose text may not be kept there is no sentence
            assert surface in context
            assert context in (title if field == "title" else text)
            assert "\n" not in context
        else:
            assert context is None
        assert (entities is None) == (ids is None)
    assert any(entities for *_, entities, _, _, _ in rows)
    assert ask("SELECT sum(mentions) FROM mart.expected_days") == [(len(rows),)]


def test_events_name_who_and_where_by_their_entities(ask):
    rows = ask("SELECT type, type_ar, trigger, context, actor, actor_id, target, place, place_id FROM mart.events")
    assert len(rows) > 1
    for kind, arabic, trigger, context, actor, actor_id, target, place, place_id in rows:
        assert kind.isupper()
        assert not arabic.isascii()
        assert context is None or trigger in context
        assert actor or target or place
        assert actor_id is None or (actor_id, actor) in ask("SELECT entity_id, name FROM mart.entities")
        assert place_id is None or ask("SELECT type FROM mart.entities WHERE entity_id = %s", place_id) == [("LOC",)]
    assert any(row[3] for row in rows)
    assert any(row[5] for row in rows)
    assert any(row[8] for row in rows)


def test_phrases_are_grouped_by_their_key(ask):
    rows = ask("SELECT phrase, phrase_key, score FROM mart.phrases")
    assert rows
    assert all(key(phrase) and phrase_key and score > 0 for phrase, phrase_key, score in rows)


def test_rows_of_facts_carry_what_the_three_counts_need(ask):
    for view in ("facts", "mentions", "quotes", "quantities", "dates", "phrases"):
        assert ask(
            f"SELECT count(*) FROM mart.{view} f JOIN mart.articles a USING (article_id) WHERE (f.text_key, "
            "f.story_id, f.source_ar, f.country) IS DISTINCT FROM (a.text_key, a.story_id, a.source_ar, a.country)"
        ) == [(0,)]


@pytest.mark.parametrize(
    ("text", "words", "sentence"),
    [
        ("جملة أولى. قتل 5 أشخاص هنا! جملة ثالثة.", "5 أشخاص", "قتل 5 أشخاص هنا!"),
        ("عنوان\nقتل 5 أشخاص\nذيل", "5 أشخاص", "قتل 5 أشخاص"),
        ("بلغت القوة 5.7 درجات اليوم. انتهى", "درجات", "بلغت القوة 5.7 درجات اليوم."),
        ("قال: «لن نرحل.» ثم مضى وحده.", "وحده", "ثم مضى وحده."),
        ("كلمة", "كلمة", "كلمة"),
        ("", "", None),
    ],
)
def test_the_sentence_around_words(ask, text, words, sentence):
    start = text.index(words)
    assert ask("SELECT mart.sentence(%s, %s, %s)", text, start, start + len(words)) == [(sentence,)]


def test_entities_stand_for_what_they_were_merged_into(loaded_copy):
    names = query(loaded_copy, "SELECT entity_id, mentions FROM mart.entity_days ORDER BY mentions DESC, 1 LIMIT 2")
    (one, _), (other, _) = names

    def mentions(entity):
        return query(loaded_copy, "SELECT count(*) FROM mart.mentions WHERE entity_id = %s", entity)[0][0]

    def roots():
        return query(loaded_copy, "SELECT entity_id FROM mart.entity_roots WHERE root_id = %s ORDER BY 1", one)

    before = mentions(one), mentions(other)
    change(loaded_copy, "INSERT INTO news.entity_merge (entity_id, into_id, why) VALUES (%s, %s, 'x')", other, one)
    assert (mentions(one), mentions(other), roots()) == (sum(before), 0, [(n,) for n in sorted((one, other))])
    change(loaded_copy, "DELETE FROM news.entity_merge")
    assert (mentions(one), mentions(other), roots()) == (*before, [(one,)])
    assert query(loaded_copy, "SELECT count(*) FROM mart.entity_roots") == query(
        loaded_copy, "SELECT count(*) FROM news.entity"
    )


def change(dsn, sql, *values):
    with connect(dsn) as link, link.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ WRITE")
        cursor.execute(sql, values)
