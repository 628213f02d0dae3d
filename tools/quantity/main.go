// Command quantity reads JSON strings, one a line, and prints for each what Go makes of it as a quantity and as a
// duration: {"quantity": "1Gi", "nano": "1073741824000000000", "duration": "1m0s"}, without what the text is not.
package main

import (
	"bufio"
	"encoding/json"
	"os"
	"time"

	"gopkg.in/inf.v0"
	"k8s.io/apimachinery/pkg/api/resource"
)

type reading struct {
	Quantity *string `json:"quantity,omitempty"`
	Nano     *string `json:"nano,omitempty"`
	Duration *string `json:"duration,omitempty"`
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var text string
		if err := json.Unmarshal(lines.Bytes(), &text); err != nil {
			panic(err)
		}
		var read reading
		// KubeDB's webhooks read an object into Go's types, and write it back.
		var quantity resource.Quantity
		if _, err := resource.ParseQuantity(text); err == nil && json.Unmarshal(lines.Bytes(), &quantity) == nil {
			stored, _ := json.Marshal(quantity)
			json.Unmarshal(stored, &read.Quantity)
			nano := new(inf.Dec).Round(quantity.AsDec(), 9, inf.RoundExact).UnscaledBig().String()
			read.Nano = &nano
		}
		if duration, err := time.ParseDuration(text); err == nil {
			stored := duration.String()
			read.Duration = &stored
		}
		if err := out.Encode(read); err != nil {
			panic(err)
		}
	}
}
