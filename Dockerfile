# One process of Tocsin. It keeps nothing that matters in itself: the database is elsewhere, or on a volume at /data.
FROM python:3.11-slim

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONUNBUFFERED=1 HOST=0.0.0.0 PORT=3000

WORKDIR /app
COPY requirements.txt ./
RUN pip install --only-binary=:all: --requirement requirements.txt
COPY app.py people.example.yaml ./
COPY bot bot
COPY flows flows
COPY handlers handlers
COPY samples samples
COPY storage storage
COPY templates templates
# Nobody may write where the code lies, so it is compiled now; what a process writes, it writes in /data.
RUN python -m compileall -q . \
    && chmod -R a+rX . \
    && useradd --system --uid 10001 --user-group --home-dir /data --create-home tocsin
USER tocsin
WORKDIR /data
VOLUME /data

EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import os, urllib.request as web; web.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=4)"]
# Without a shell between, so that SIGTERM arrives.
ENTRYPOINT ["python", "/app/app.py"]
CMD ["run"]
