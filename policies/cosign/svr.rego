# Refuses an image without a verification result of the gate, a result older than seven days, and one that lacks a
# required property. For: cosign verify-attestation --type https://in-toto.io/attestation/svr/v0.2 --policy svr.rego
# cosign holds EVERY result on the digest to it, so that an old one beside a new one locks the image out: for digests that
# are attested again take ../verify-with-cosign.sh.
package signature

import rego.v1

max_age_hours := 168

required := {
	"REGISTRY_SCAN_GATE_SCAN_PROVEN", # the report shows the end of the scan
	"REGISTRY_SCAN_GATE_SCAN_NEW", # the scan ended during the step, so timeCreated bounds its age
	"REGISTRY_SCAN_GATE_NO_CRITICAL_FINDINGS",
	"REGISTRY_SCAN_GATE_NO_HIGH_FINDINGS",
}

default allow := false

allow if {
	input.predicateType == "https://in-toto.io/attestation/svr/v0.2"
	input.predicate.verifier.id == "urn:registry-scan-gate:verifier:1"
	age_ns := time.now_ns() - time.parse_rfc3339_ns(input.predicate.timeCreated)
	age_ns <= ((max_age_hours * 60) * 60) * 1000000000
	age_ns >= -300000000000 # five minutes, by which clocks may differ
	every property in required { property in input.predicate.properties }
}
