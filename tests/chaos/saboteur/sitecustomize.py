"""Read by every Python that has this folder on its PYTHONPATH, before its own first line: what a fault does from within
a stage's process. RASAD_CHAOS is JSON: any of

- `die_at`: SIGKILL at so manieth access to a file of the landing zone (`landing`, its folder);
- `die_after`: the end, without a word, after so many seconds of computing from the first such access on;
- `largest`: no file may become larger than so many bytes, as on a disk that is full;
- `clock`: seconds by which this machine's clock is wrong, `jump_at` calls later by as many to the other side;
- `hasty`: the patience with servers in seconds, where the real one would make a test last for minutes.
"""

import datetime
import json
import os
import resource
import signal
import sys
import time

_ORDERS = json.loads(os.environ.get("RASAD_CHAOS", "{}"))


def _watch_files(folder, die_at, die_after):
    seen = 0

    def heard(event, arguments):
        nonlocal seen
        if event not in ("open", "os.rename") or folder not in str(arguments[0]):
            return
        seen += 1
        if seen == die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        if seen == 1 and die_after is not None:
            signal.setitimer(signal.ITIMER_PROF, max(die_after, 1e-6))  # SIGPROF ends who does not catch it

    sys.addaudithook(heard)


def _shift_clock(seconds, jump_at):
    real, real_time = datetime.datetime, time.time
    calls = 0

    def wrong():
        nonlocal calls
        calls += 1
        return seconds if jump_at is None or calls < jump_at else -seconds

    class OfReal(type):
        def __instancecheck__(cls, instance):
            return isinstance(instance, real)

    class Shifted(real, metaclass=OfReal):
        @classmethod
        def now(cls, tz=None):
            return real.now(tz) + datetime.timedelta(seconds=wrong())

        @classmethod
        def utcnow(cls):
            return cls.now(datetime.timezone.utc).replace(tzinfo=None)

    datetime.datetime = Shifted
    time.time = lambda: real_time() + wrong()


if "landing" in _ORDERS:
    _watch_files(_ORDERS["landing"], _ORDERS.get("die_at"), _ORDERS.get("die_after"))
if "largest" in _ORDERS:
    resource.setrlimit(resource.RLIMIT_FSIZE, (_ORDERS["largest"], resource.RLIM_INFINITY))
if "clock" in _ORDERS:
    _shift_clock(_ORDERS["clock"], _ORDERS.get("jump_at"))
if "hasty" in _ORDERS:
    from rasad.web.client import Client

    Client.__init__.__kwdefaults__ |= {
        "timeouts": (_ORDERS["hasty"], _ORDERS["hasty"]), "total": 2 * _ORDERS["hasty"], "backoff": 0.05,
    }  # fmt: skip
