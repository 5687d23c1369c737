"""``base`` holds what is always so; ``dev`` (the demo too), ``test`` and ``prod`` choose the rest."""
