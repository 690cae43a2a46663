#!/usr/bin/env bash
# Usage: verify-with-gh.sh registry.example.com/team/app@sha256:… my-org/my-repo .github/workflows/attest-and-promote.yml
#
# GitHub's attestations. Refuses an image without a verification result of the gate signed by this workflow, and one whose
# newest result is older than seven days. Results of the future do not count. `gh` and a log-in to the registry are all it needs.
set -euo pipefail
image=$1 repository=$2 workflow=$3
results='map(.verificationResult.statement.predicate) | map(select(.verifier.id == "urn:registry-scan-gate:verifier:1"))'
newest="$results | map(.timeCreated | select(. <= (now + 300 | todate))) | max"
gh attestation verify "oci://$image" --repo "$repository" --signer-workflow "$repository/$workflow" \
  --predicate-type https://in-toto.io/attestation/svr/v0.2 --format json \
  --jq "($newest) as \$newest | if \$newest >= (now - 7 * 86400 | todate) then \$newest else error(\"no result within seven days\") end"
