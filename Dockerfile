# The site and the worker in one image; docs/how-to/deploy.md says how to run it.

FROM python:3.11-slim-bookworm AS build
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY requirements.txt /tmp/requirements.txt
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /tmp/requirements.txt

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin crossdock
COPY --from=build /opt/venv /opt/venv
WORKDIR /app
COPY . .
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PORT=8000
# These values are for this one command, which reads no secret and asks no database.
RUN SECRET_KEY=none CREDENTIALS_SALT=none PUBLIC_URL=https://none ALLOWED_HOSTS=none \
    DATABASE_URL=postgres://none/none python manage.py collectstatic --noinput
USER crossdock
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=6s --start-period=20s --retries=3 CMD ["python", "-m", "config.probe"]
# As a list, so that the signal to stop reaches the program and not a shell.
CMD ["gunicorn", "config.wsgi", "--config", "config/gunicorn.py"]
