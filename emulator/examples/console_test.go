// A test against the embedded Console, with the standard library of Go. Start the Console first:
//
//	npm run --silent console -- --port 8083 --scenario quiet --control-token secret
//
// and run: go test ./console_test.go
package console

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
)

func address() string {
	if url := os.Getenv("CONSOLE_URL"); url != "" {
		return url
	}
	return "http://127.0.0.1:8083"
}

// call sends a request and decodes the answer into result.
func call(t *testing.T, method, path, body string, authorize func(*http.Request), result any) {
	t.Helper()
	request, err := http.NewRequest(method, address()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	authorize(request)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %s", method, path, response.Status)
	}
	if result != nil {
		if err := json.NewDecoder(response.Body).Decode(result); err != nil {
			t.Fatal(err)
		}
	}
}

func control(t *testing.T, method, path, body string, result any) {
	t.Helper()
	call(t, method, "/_control/"+path, body, func(request *http.Request) {
		request.Header.Set("Authorization", "Bearer secret")
	}, result)
}

func api(t *testing.T, method, path, body string, result any) {
	t.Helper()
	call(t, method, "/api/v32.07/"+path, body, func(request *http.Request) {
		request.SetBasicAuth("gate", "let-me-scan")
	}, result)
}

func TestScanEndsOnce(t *testing.T) {
	control(t, "POST", "reset", "", nil)
	control(t, "PUT", "images", `{"repo": "shop/cart", "tag": "7"}`, nil)
	api(t, "POST", "registry/scan", `{"onDemandScan": true, "tag": {"registry": "", "repo": "shop/cart", "tag": "7"}}`, nil)
	control(t, "POST", "clock", `{"advanceMs": 60000}`, nil)
	var entries []struct {
		IsScanOngoing bool `json:"isScanOngoing"`
	}
	const progress = "registry/progress?onDemand=true&repo=shop/cart&tag=7"
	api(t, "GET", progress, "", &entries)
	if len(entries) != 1 || entries[0].IsScanOngoing {
		t.Fatalf("want one end, got %+v", entries)
	}
	api(t, "GET", progress, "", &entries)
	if len(entries) != 0 {
		t.Fatalf("want the end once, got %+v", entries)
	}
}
