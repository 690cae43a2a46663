#!/usr/bin/env bash
# Usage: verify-with-cosign.sh registry.example.com/team/app@sha256:… --key cosign.pub --insecure-ignore-tlog=true
#        verify-with-cosign.sh registry.example.com/team/app@sha256:… --certificate-identity … --certificate-oidc-issuer …
#
# Attestations that cosign signed. Refuses an image without a verification result of the gate for its digest, and one whose
# newest result is older than seven days or lacks a required property. Others on the digest, old ones and those of the future
# do not count. Needs cosign, jq, and a log-in to the registry.
set -euo pipefail
image=$1
shift
cosign verify-attestation --type https://in-toto.io/attestation/svr/v0.2 "$@" "$image" | jq --slurp --raw-output '
  ["REGISTRY_SCAN_GATE_SCAN_PROVEN", "REGISTRY_SCAN_GATE_SCAN_NEW",
   "REGISTRY_SCAN_GATE_NO_CRITICAL_FINDINGS", "REGISTRY_SCAN_GATE_NO_HIGH_FINDINGS"] as $required
  | [.[] | .payload | @base64d | fromjson | .predicate
      | select(.verifier.id? == "urn:registry-scan-gate:verifier:1")
      | .at = (.timeCreated | sub("\\.[0-9]+Z$"; "Z") | fromdate)?
      | select(.at <= now + 300)] # five minutes, by which clocks may differ
  | max_by(.at)
  | if . == null then error("no verification result of the gate") else . end
  | if .at < now - 7 * 86400 then error("the newest result is older than seven days: \(.timeCreated)") else . end
  | ($required - (.properties // [])) as $missing
  | if $missing == [] then .timeCreated else error("the newest result lacks \($missing | join(", "))") end'
