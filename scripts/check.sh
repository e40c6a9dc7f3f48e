#!/usr/bin/env bash
# The checks that need no judgement; the arguments are the module's Go files.
# All run, so that one report tells of all faults.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/steps.sh

formatted() {
	local files
	files=$(gofmt -l "$@")
	[ -z "$files" ] || { printf '    not formatted: %s\n' $files; return 1; }
}

failed=0
check() { step "$@" || failed=$((failed + 1)); }

check "Formatting (gofmt)" formatted "$@"
check "Modules (go mod tidy -diff)" go mod tidy -diff
check "Vet (go vet)" go vet ./...
check "Linter (staticcheck)" go tool staticcheck ./...
check "Import table (internal/deptest)" go test ./internal/deptest
check "Race detector (go test -race -short)" go test -race -short -timeout 20m ./...

if [ "$failed" != 0 ]; then
	echo "$failed checks failed"
	exit 1
fi
echo "all checks passed"
