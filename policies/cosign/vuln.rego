# Refuses an image that was not scanned within seven days by the Console's clock, and one whose scan did not pass the gate.
# For: cosign verify-attestation --type vuln --policy vuln.rego
package signature

import rego.v1

max_age_hours := 168

default allow := false

allow if {
	input.predicateType == "https://cosign.sigstore.dev/attestation/vuln/v1"
	input.predicate.invocation["builder.id"] == "urn:registry-scan-gate:verifier:1"
	input.predicate.scanner.result.verdict == "passed"
	age_ns := time.now_ns() - time.parse_rfc3339_ns(input.predicate.metadata.scanFinishedOn)
	age_ns <= ((max_age_hours * 60) * 60) * 1000000000
	age_ns >= -300000000000 # five minutes, by which clocks may differ
}
