#!/usr/bin/env bash
# A scan that fails while the network does, driven with curl.
# Start a Console first: npm run --silent console -- --port 8083 --control-token secret --scenario quiet
# Usage: control.sh [http://127.0.0.1:8083 [secret]]
set -euo pipefail

console=${1:-http://127.0.0.1:8083}
token=${2:-secret}

control() { # METHOD PATH [BODY]
  curl --silent --show-error --fail-with-body -X "$1" -H "Authorization: Bearer $token" \
    ${3:+--data "$3"} "$console/_control/$2"
}

api() { # METHOD PATH [BODY]
  curl --silent --show-error -X "$1" -u gate:let-me-scan -H 'Content-Type: application/json' \
    ${3:+--data "$3"} "$console/api/v32.07/$2"
}

control POST reset
control PUT images '[{"repo": "shop/cart", "tag": "7", "scans": [{"findings": "severe"}, {"outcome": "scan-error"}]}]'
control PUT faults '[{"call": "progress", "times": 1, "fault": {"kind": "answer", "status": 503, "body": "restarting"}}]'

image='{"registry": "", "repo": "shop/cart", "tag": "7"}'
progress='registry/progress?onDemand=true&repo=shop/cart&tag=7'

api POST registry/scan "{\"onDemandScan\": true, \"tag\": $image}"
echo "first progress: $(api GET "$progress")"
control POST clock '{"advanceMs": 1500}'
echo "running: $(api GET "$progress" | grep -o '"isScanOngoing":[a-z]*')"
control POST clock '{"advanceMs": 60000}'
echo "ended: $(api GET "$progress" | grep -o '"isScanOngoing":[a-z]*')"
echo "findings: $(api GET 'registry?name=shop/cart:7&compact=true' | grep -o '"vulnerabilitiesCount":[0-9]*')"

echo "what happened: $(control GET 'scans?repo=shop/cart&tag=7' | grep -o '"outcome":"[a-z-]*"')"
