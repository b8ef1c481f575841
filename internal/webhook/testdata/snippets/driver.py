"""Judges each case on standard input with the functions of docs/webhooks.md."""
import json, sys
from verify import verify_header, verify_member, verify_standard

for c in json.load(sys.stdin):
    body = c["body"].encode()
    print(json.dumps([verify_standard(c["secret"], c["headers"], body, c["now"]),
                      verify_header(c["secret"], c["headers"].get("signature"), body), verify_member(c["secret"], body)]))
