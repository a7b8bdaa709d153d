"""Moves the clock of every Python process that has this folder in PYTHONPATH; it goes on ticking.

Python imports a module of this name at start-up (docs.python.org/3/library/site.html).
"""

import os
import time

import time_machine

time_machine.travel(time.time() + float(os.environ["CLOCK_OFFSET_SECONDS"]), tick=True).start()
