"""Channels that carry a notice out of the portal. In-app needs none: its row is the delivery."""

import contextlib
import smtplib
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from assessment.choices import Channel, DeliveryState

# The server's own no: it did not take the message.
REFUSED = (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused, smtplib.SMTPNotSupportedError)


@dataclass(frozen=True)
class Message:
    """What is sent where. ``key`` is the same for every attempt of one delivery, and for no other."""

    address: str
    subject: str
    body: str
    key: str


@dataclass(frozen=True)
class Outcome:
    """What came of an attempt: sent; failed (surely not sent); unknown (perhaps sent). With the reason."""

    state: DeliveryState
    error: str = ""


class Carrier(Protocol):
    """One channel. ``deduplicates``: the same key sent twice reaches the person once."""

    deduplicates: bool

    def send(self, message: Message) -> Outcome:
        """Try once, within a minute. Never raises: what went wrong is the outcome."""


class Email:
    """E-mail through the server of PORTAL_MAIL_URL, with a Message-ID made of the key.

    A mail server promises nothing about two messages of one Message-ID; an operator whose server drops
    the second says so in the address (``deduplicates=1``).
    """

    def __init__(self) -> None:
        self.deduplicates: bool = settings.PORTAL_MAIL_DEDUPLICATES

    def send(self, message: Message) -> Outcome:
        """Hand the message to the mail server."""
        domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2]
        mail = EmailMessage(
            subject=message.subject,
            body=message.body,
            to=[message.address],
            headers={"Message-ID": f"<{message.key}@{domain}>"},
        )
        connection = get_connection()
        sending = False
        try:
            connection.open()
            sending = True
            connection.send_messages([mail])
        except REFUSED as error:
            return Outcome(DeliveryState.FAILED, _words(error))
        except OSError as error:
            # Once the message is on its way, a connection that breaks off leaves its fate open.
            return Outcome(DeliveryState.UNKNOWN if sending else DeliveryState.FAILED, _words(error))
        finally:
            with contextlib.suppress(OSError):
                connection.close()
        return Outcome(DeliveryState.SENT)


def carrier(channel: str) -> Carrier:
    """The channel that carries deliveries of this kind. KeyError for in-app, which nothing carries."""
    return {Channel.EMAIL: Email}[Channel(channel)]()


def configured() -> list[Channel]:
    """Channels, beside in-app, that this installation has."""
    return [Channel.EMAIL] if settings.PORTAL_MAIL else []


def _words(error: Exception) -> str:
    """The reason, without a stranger's address: servers like to repeat it."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {type(error).__name__}"
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = {str(code) for code, _text in error.recipients.values()}
        return f"{' '.join(sorted(codes))} {type(error).__name__}"
    return type(error).__name__
