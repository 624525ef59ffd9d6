"""Exit status 0 if the address given answers 200 within 5 seconds: the health check of an image without curl."""

import sys
import urllib.request

with urllib.request.urlopen(sys.argv[1], timeout=5) as answer:  # noqa: S310  the compose file names the address
    sys.exit(answer.status != 200)
