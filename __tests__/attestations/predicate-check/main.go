// Holds predicates and policies to the types and engines that verifiers use.
//
//	predicate-check decode FILE                    decodes a vuln predicate by cosign's type, and prints it again
//	predicate-check rego QUERY INPUT FILE...       evaluates Rego and data files as cosign and policy-controller do
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/sigstore/cosign/v3/pkg/cosign/attestation"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 2 && args[0] == "decode":
		return decode(args[1])
	case len(args) > 3 && args[0] == "rego":
		return evaluate(args[1], args[2], args[3:])
	}
	return fmt.Errorf("usage: predicate-check decode FILE | rego QUERY INPUT FILE...")
}

// decode refuses fields that the type does not have: cosign would drop them without a word.
func decode(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var predicate attestation.CosignVulnPredicate
	if err := decoder.Decode(&predicate); err != nil {
		return err
	}
	if predicate.Metadata.ScanFinishedOn.IsZero() {
		return fmt.Errorf("scanFinishedOn is no time")
	}
	return json.NewEncoder(os.Stdout).Encode(predicate)
}

func evaluate(query, inputPath string, files []string) error {
	text, err := os.ReadFile(inputPath)
	if err != nil {
		return err
	}
	var input any
	if err := json.Unmarshal(text, &input); err != nil {
		return err
	}
	results, err := rego.New(
		rego.Query(query),
		rego.Load(files, nil),
		rego.SetRegoVersion(ast.RegoV0),
		rego.Input(input),
	).Eval(context.Background())
	if err != nil {
		return err
	}
	if len(results) == 0 {
		return fmt.Errorf("%s is undefined", query)
	}
	return json.NewEncoder(os.Stdout).Encode(results[0].Expressions[0].Value)
}
