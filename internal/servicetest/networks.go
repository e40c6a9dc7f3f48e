package servicetest

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
)

// MissingNetworks returns why pictures cannot be cut out on this machine, empty
// when they can: what the program itself says of the networks that it needs.
func MissingNetworks(ctx context.Context, program string) string {
	out, err := exec.CommandContext(ctx, program, "model", "list", "--json").Output()
	if err != nil {
		return fmt.Sprintf("mattebox model list: %v", err)
	}
	var models []struct {
		Name, State string
		Default     bool
	}
	if err := json.Unmarshal(out, &models); err != nil {
		return fmt.Sprintf("reading mattebox model list: %v", err)
	}
	for _, m := range models {
		if m.Default && m.State != "ready" {
			return fmt.Sprintf("the network %s is %s: make setup installs it", m.Name, m.State)
		}
	}
	return ""
}
