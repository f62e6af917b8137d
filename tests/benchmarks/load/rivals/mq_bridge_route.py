"""
One route of mq-bridge (https://pypi.org/project/mq-bridge/), which is written in Rust: `python … ROUTE`.

ROUTE is the route as JSON. Runs in an environment of its own, so it knows nothing of ours.
"""

import json
import logging
import sys

import mq_bridge


def main() -> None:
    """Carry until killed."""
    logging.basicConfig(level=logging.WARNING)
    mq_bridge.init_logging()
    mq_bridge.Route.from_config(json.loads(sys.argv[1])).run()


if __name__ == "__main__":
    main()
