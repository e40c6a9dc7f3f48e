#!/usr/bin/env bash
# Runs every fuzz target of the module, one after the other, for the given time
# (default 20s). Minimising is kept short: it would eat the time of large inputs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

for dir in $(go list -f '{{.Dir}}' ./...); do
	for target in $(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$dir"/*_test.go 2>/dev/null); do
		echo "==> ${dir#"$PWD"/} $target"
		go test "$dir" -run '^$' -fuzz "^$target\$" -fuzztime "${1:-20s}" -fuzzminimizetime 10x
	done
done
