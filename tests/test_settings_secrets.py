"""A setting that cannot be used is refused in one line, and no line repeats what may be a secret."""

import pytest

from bot.settings import SettingsError, read_settings

HALF_WRITTEN = [
    {"DATABASE_URL": "postgres://u:p@ss:hunter2@db.example.com/name"},
    {"DATABASE_URL": "postgres://u:p@hunter2@db.example.com/name"},
    {"DATABASE_URL": "postgres://u:hunter2"},
    {"TOCSIN_WEBHOOK_SECRETS": "hunter2"},
    {"TOCSIN_WEBHOOK_SECRETS": "whsec_hunter2=="},
    {"TOCSIN_WEBHOOK_SECRETS": '{"shop": ["hunter2"]}'},
    {"TOCSIN_WEBHOOK_SECRETS": '{"shop": hunter2'},
]


@pytest.mark.parametrize("given", HALF_WRITTEN)
def test_what_is_refused_is_named_but_not_repeated(given):
    with pytest.raises(SettingsError) as refused:
        read_settings(_env_file=None, **given)
    assert next(iter(given)) in str(refused.value)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgres://u:p%40ss@db.example.com:5432/name?sslmode=require",
        "postgresql://u:p/w:x@[::1]:5432/name",
        "postgresql+asyncpg://u@h/d",
        "postgresql:///name?host=/run/postgresql",
        "sqlite:////srv/a@b.db",
        "sqlite:///tocsin.db",
    ],
)
def test_an_address_of_a_database_is_taken_as_it_is(url):
    assert read_settings(_env_file=None, DATABASE_URL=url).database_url == url
