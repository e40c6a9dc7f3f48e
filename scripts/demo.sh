#!/usr/bin/env bash
# Cuts two real photographs out of their backgrounds and says where the results
# are. Run "make demo", which sets the machine up first.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/steps.sh

out=out/demo
rm -rf "$out"
mkdir -p "$out"

cut() { # picture, result, options...
	local from=$1 to=$2
	shift 2
	bin/mattebox remove "testdata/photos/$from" -o "$out/$to" "$@"
}

step "A cup, transparent (PNG)" cut coffee.png coffee.png
step "A cup on white with a shadow, for a shop (JPEG)" cut coffee.png coffee-white.jpg --background ffffff --shadow drop
step "A portrait, transparent (PNG)" cut astronaut.png astronaut.png
step "The portrait's alpha matte alone (PNG)" cut astronaut.png astronaut-alpha.png --alpha

echo
echo "The results:"
for file in "$out"/*; do
	printf '  %7s KB  %s\n' $(($(wc -c <"$file") / 1024)) "$PWD/$file"
done
