#
# METADATA
# title: Registry scan gate
# description: >-
#   An image has a verification result of the gate for its own digest, young enough, with the required properties.
#
package registry_scan_gate

import rego.v1

# METADATA
# title: Passed the gate
# description: Refuses an image without such a result.
# custom:
#   short_name: passed
#   failure_msg: No verification result of the registry scan gate for this digest has the required properties and age
#   solution: Let the pipeline attest the file that the output svr-path names.
#
deny contains result if {
	not passed
	result := {
		"code": "registry_scan_gate.passed",
		"msg": "No verification result of the registry scan gate for this digest has the required properties and age",
	}
}

limits := data.registry_scan_gate_limits

passed if {
	some attestation in input.attestations
	statement := attestation.statement
	statement.predicateType == "https://in-toto.io/attestation/svr/v0.2"
	statement.predicate.verifier.id == "urn:registry-scan-gate:verifier:1"

	some subject in statement.subject
	endswith(input.image.ref, concat("", ["@sha256:", subject.digest.sha256]))

	age_ns := time.now_ns() - time.parse_rfc3339_ns(statement.predicate.timeCreated)
	age_ns <= ((limits.max_age_hours * 60) * 60) * 1000000000
	age_ns >= -300000000000

	count(limits.required) > 0
	every property in limits.required { property in statement.predicate.properties }
}
