"""The process that logs one run: what to log comes on stdin, what came of it goes to stdout."""

from __future__ import annotations

import json
import sys

from core.mlflow.client import Client, TrackingError


def main() -> int:
    """Log the run that is described on stdin."""
    asked = json.load(sys.stdin)
    try:
        client = Client(asked["uri"], asked["token"], asked["seconds"])
        run_id = client.log(asked["experiment"], asked["run"], asked["waits"])
    except TrackingError as error:
        print(json.dumps({"trouble": str(error)}))
    except (KeyError, TypeError, IndexError, AttributeError):
        print(json.dumps({"trouble": "the tracking server answered in an unknown form"}))
    else:
        print(json.dumps({"run_id": run_id}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
