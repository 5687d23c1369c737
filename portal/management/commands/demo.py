import os

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from accounts.refusals import Refused
from portal import environment, homes, serving
from portal.demo import story


class Command(BaseCommand):
    help = "建立演示数据（已有的保留）并启动门户；业务日期停在 2012年7月2日。"
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--no-serve", action="store_true", help="只建立数据，不启动网页")
        parser.add_argument("--until", choices=story.STAGES, default=story.STAGES[-1], help="数据做到哪一步")

    def handle(self, *args, **options):
        os.environ["PORTAL_NOW"] = story.NOW
        settings.PORTAL_NOW = environment.moment("PORTAL_NOW", settings.TIME_ZONE)
        call_command("migrate", verbosity=0)
        try:
            story.tell(options["until"], self.stdout.write)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        call_command("checkpoint", stdout=self.stdout)
        connections.close_all()
        if options["no_serve"]:
            return
        try:
            serving.serve(
                # Signing in stays easy here; set it to 1 to see second factors asked for.
                {
                    "PORTAL_NOW": story.NOW,
                    "PORTAL_SECOND_FACTOR": os.environ.get("PORTAL_SECOND_FACTOR", "0"),
                },
                var=settings.VAR,
                lines=story.logins(),
                say=self.stdout.write,
            )
        except (serving.ServingError, homes.EngineError) as error:
            raise CommandError(str(error)) from error
