package e2e

import (
	"flag"
	"os"
	"testing"
)

// TestMain lets more tests run beside each other than there are cores: they wait far
// more than they work, and alongside bounds those that work.
func TestMain(m *testing.M) {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "test.parallel" })
	if !given {
		if err := flag.Set("test.parallel", "20"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}
