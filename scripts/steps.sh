# shellcheck shell=bash
# Sourced by the other scripts: each step says what it does and how long it took.

step() { # what, command...
	local what=$1 start=$EPOCHREALTIME
	shift
	printf '==> %s\n' "$what"
	if ! "$@"; then
		printf '    FAILED: %s\n' "$what" >&2
		return 1
	fi
	printf '    %s s\n' "$(seconds_since "$start")"
}

seconds_since() { # an EPOCHREALTIME
	local us=$((${EPOCHREALTIME/./} - ${1/./}))
	printf '%d.%d' $((us / 1000000)) $((us % 1000000 / 100000))
}

die() {
	printf '%s\n' "$@" >&2
	exit 1
}
