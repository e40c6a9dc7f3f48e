#!/usr/bin/env bash
# Brings a Debian machine that has Go, Node.js and apt to the state in which
# Mattebox runs: system packages, Go modules, the program, the networks.
# Installs only what is missing, so that a second run takes seconds.
#
#   scripts/setup.sh         what running and building need
#   scripts/setup.sh test    also what the tests need
#
# MATTEBOX_HOME      where models go (default: mattebox in the user's data folder)
# MATTEBOX_PACKAGES  folder of packed npm packages, used instead of fetching and
#                    filled when fetching
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/steps.sh

started=$EPOCHREALTIME

check_toolchain() {
	command -v go >/dev/null || die "Go is missing: install Go $(sed -n 's/^go //p' go.mod) or newer and put it on the PATH."
	command -v npm >/dev/null || echo "    npm is missing: networks that are not there yet cannot be fetched"
	echo "    $(go env GOVERSION), node $(node --version 2>/dev/null || echo missing)"
}

# have reports whether the Debian package, or what stands for it, is there.
have() {
	case $1 in
	gcc) command -v gcc >/dev/null ;;
	pkg-config) command -v pkg-config >/dev/null ;;
	libvips-dev) pkg-config --exists vips 2>/dev/null ;;
	ffmpeg) command -v ffmpeg >/dev/null && command -v ffprobe >/dev/null ;;
	postgresql) command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null ;;
	php-cli) command -v php >/dev/null ;;
	mono-mcs) command -v mcs >/dev/null ;;
	mono-runtime) command -v mono >/dev/null ;;
	mono-devel) command -v wsdl >/dev/null ;;
	php-soap) php -r 'exit((int) !extension_loaded("soap"));' 2>/dev/null ;;
	python3-zeep) python3 -c 'import zeep' 2>/dev/null || /usr/bin/python3 -c 'import zeep' 2>/dev/null ;;
	python3-jsonschema) python3 -c 'import jsonschema' 2>/dev/null || /usr/bin/python3 -c 'import jsonschema' 2>/dev/null ;;
	gsoap) command -v wsdl2h >/dev/null && command -v soapcpp2 >/dev/null ;;
	jaxws) command -v wsimport >/dev/null ;;
	default-jdk-headless) command -v javac >/dev/null ;;
	poppler-utils) command -v pdftotext >/dev/null && command -v pdftoppm >/dev/null ;;
	chromium) command -v chromium >/dev/null ;;
	*) dpkg-query --show --showformat='${db:Status-Abbrev}' "$1" 2>/dev/null | grep -q '^ii' ;;
	esac
}

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "Installing packages needs root: run this once as root, or install by hand: ${missing[*]}"
	fi
}

apt_get() {
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@"
}

# system_packages installs what is missing. The package lists are fetched only
# when the ones at hand do not lead to the packages.
system_packages() {
	local package
	missing=()
	for package in "$@"; do
		have "$package" || missing+=("$package")
	done
	if [ ${#missing[@]} = 0 ]; then
		echo "    all there"
		return
	fi
	echo "    installing ${missing[*]}"
	command -v apt-get >/dev/null || die "There is no apt-get here: install by hand what stands for ${missing[*]}"
	apt_get install --no-install-recommends "${missing[@]}" >/dev/null 2>&1 && return
	echo "    fetching the package lists first"
	apt_get update
	apt_get install --no-install-recommends "${missing[@]}" >/dev/null
}

# node_packages installs a folder's locked Node packages, once per lock file.
node_packages() {
	local stamp=$1/node_modules/.mattebox-lock
	if cmp -s "$1/package-lock.json" "$stamp"; then
		echo "    all there"
		return
	fi
	npm ci --prefix "$1" --ignore-scripts --no-audit --no-fund --silent &&
		cp "$1/package-lock.json" "$stamp"
}

# stripe_mock installs the server that the tests of payments ask. They find it in
# Go's folder for programs when that is not on the PATH.
stripe_mock() {
	if command -v stripe-mock >/dev/null || [ -x "$(go env GOPATH)/bin/stripe-mock" ]; then
		echo "    all there"
		return
	fi
	go install github.com/stripe/stripe-mock@v0.203.0
}

build() { go build -o bin/mattebox ./cmd/mattebox; }

step "Looking at the toolchain" check_toolchain
step "System packages" system_packages ca-certificates gcc libc6-dev pkg-config libvips-dev ffmpeg
step "Go modules" go mod download
step "Building bin/mattebox" build
step "Networks and their runtime" bin/mattebox model install
if [ "${1:-}" = test ]; then
	step "System packages for the tests" system_packages imagemagick libvips-tools libheif-examples \
		postgresql php-cli mono-mcs mono-runtime poppler-utils chromium \
		php-soap python3-zeep mono-devel gsoap libgsoap-dev default-jdk-headless jaxws \
		ruby python3 python3-jsonschema
	step "Stripe's mock server" stripe_mock
	for lock in {psd,api/video,internal/e2e/soap}/testdata/*/package-lock.json; do
		if [ -e "$lock" ]; then step "Node packages in ${lock%/*}" node_packages "${lock%/*}"; fi
	done
fi
printf 'Set up in %s s.\n' "$(seconds_since "$started")"
