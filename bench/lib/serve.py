"""The side of a contender in Python: answers the harness's requests as lib/serve.ts does."""

import json
import sys
import time


def time_runs(run, ms):
    times = []
    end = time.perf_counter_ns() + ms * 1_000_000
    while True:
        begin = time.perf_counter_ns()
        run()
        now = time.perf_counter_ns()
        times.append(now - begin)
        if now >= end:
            return times


def serve(version, prepare):
    """`prepare` gives for a case what computes once, and what gives the numbers to check; None if it is not done."""
    answers, sys.stdout = sys.stdout, sys.stderr

    def reply(**message):
        print(json.dumps(message), file=answers, flush=True)

    prepared = None
    reply(result=version)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["op"] == "prepare":
                prepared = prepare(request["case"])
                reply(result=prepared is not None)
            elif request["op"] == "check":
                reply(result=prepared[1]())
            elif request["op"] == "run":
                reply(result=time_runs(prepared[0], request["ms"]))
            else:
                prepared = None
                reply(result=True)
        except Exception as error:
            reply(error=f"{type(error).__name__}: {error}".strip().splitlines()[0])
