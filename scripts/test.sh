#!/usr/bin/env bash
# Runs the tests that the arguments name (default: all) and shows package lines,
# failures, and what was skipped and why; the whole log goes to out/test.log.
# Ends with the totals and the status of go test.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
mkdir -p out

quiet='^=== (RUN|PAUSE|CONT|NAME)|^ *--- PASS|^PASS$|\[no test files\]$'
go test -timeout 20m -v "${@:-./...}" 2>&1 | tee out/test.log | grep --line-buffered -Ev "$quiet"
status=${PIPESTATUS[0]}

count() { grep -Ec "^$1" out/test.log; }
failures=$(count '--- FAIL:')
# A package that does not build or breaks off has no failing test.
if [ "$status" != 0 ] && [ "$failures" = 0 ]; then failures=$(count $'FAIL\t'); fi
echo
echo "whole log: $PWD/out/test.log"
echo "$(count '--- PASS:') passed, $failures failed, $(count '--- SKIP:') skipped" | tee out/totals
exit "$status"
