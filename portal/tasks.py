"""The portal's own sign of life."""

from celery import current_app, shared_task

HEARTBEAT = "portal:heartbeat"


@shared_task(name="portal.heartbeat")
def heartbeat() -> None:
    """Leave the time with the broker: it proves that scheduler, broker and a worker do their work."""
    with current_app.connection_for_write() as connection:
        client = connection.default_channel.client
        client.set(HEARTBEAT, client.time()[0], ex=24 * 3600)
