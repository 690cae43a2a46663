#!/usr/bin/env bash
# Usage: verify-with-gh.sh registry.example.com/team/app@sha256:… my-org/my-repo .github/workflows/attest-and-promote.yml
#
# GitHub's attestations. Refuses an image without a verification result of the gate signed by this workflow, and one whose
# newest result is older than seven days. `gh` and a log-in to the registry are all it needs.
set -euo pipefail
image=$1 repository=$2 workflow=$3
newest='map(.verificationResult.statement.predicate.timeCreated) | max'
gh attestation verify "oci://$image" --repo "$repository" --signer-workflow "$repository/$workflow" \
  --predicate-type https://in-toto.io/attestation/svr/v0.2 --format json \
  --jq "if ($newest) >= (now - 7 * 86400 | todate) then $newest else error(\"older than seven days\") end"
