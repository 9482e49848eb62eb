#!/bin/sh
# Builds the agent for x86-64 and arm64 into ../prebuilt (or the directory given), byte for byte the same wherever it runs. Needs
# Debian 12: its gcc 12 for both machines and musl 1.2.3-1, unpacked (not installed) from the packages. As root it installs the
# compilers where they are missing.
set -eu
export LC_ALL=C
cd "$(dirname "$0")"
out=${1:-../prebuilt}
musl_version=1.2.3-1
musl_sha256_amd64=7c34f29a0c1aa12f6da1d25ed6de6fe6bbd9e048ee76b3dcb88c5e51fb65507f
musl_sha256_arm64=55c2ca4bc3041c8ed8ac7dc3ef6080d9551a21650568b2fd7610b59eaf98a4f4
compiler_version='12.2.0-14'

complain() {
	echo "build.sh: $*" >&2
	exit 1
}

# The compiler's package is part of what the bytes depend on.
install_compilers() {
	missing=
	command -v x86_64-linux-gnu-gcc-12 >/dev/null || missing="$missing gcc-12-x86-64-linux-gnu"
	command -v aarch64-linux-gnu-gcc-12 >/dev/null || missing="$missing gcc-12-aarch64-linux-gnu"
	command -v make >/dev/null || missing="$missing make"
	[ -z "$missing" ] && return
	[ "$(id -u)" = 0 ] || complain "install$missing first"
	[ "$(dpkg --print-architecture)" = amd64 ] && missing=$(echo "$missing" | sed 's/gcc-12-x86-64-linux-gnu/gcc-12/')
	# shellcheck disable=SC2086 # a list of packages
	apt-get update -qq && apt-get install -qq -y --no-install-recommends $missing
}

check_compiler() {
	case "$("$1" --version | head -n 1)" in
	*"$compiler_version"*) ;;
	*) complain "$1 is not Debian's $compiler_version: the bytes would differ" ;;
	esac
}

# unpack_musl DEBIAN_ARCHITECTURE SHA256 DIRECTORY
unpack_musl() {
	[ -e "$3/.complete" ] && return
	rm -rf "$3"
	mkdir -p "$3"
	deb="musl-dev_${musl_version}_$1.deb"
	[ -e "build/$deb" ] || fetch_deb "$1" "$deb"
	echo "$2  build/$deb" | sha256sum -c --quiet || complain "$deb is not the package this build is pinned to"
	dpkg-deb -x "build/$deb" "$3"
	touch "$3/.complete"
}

# fetch_deb DEBIAN_ARCHITECTURE FILE: into build/, with the machine's sources but an index of its own, so that neither root nor a
# foreign architecture in dpkg is needed.
fetch_deb() {
	state=$PWD/build/apt-$1
	mkdir -p "$state/lists/partial" "$state/archives/partial"
	touch "$state/status"
	set -- "$1" "$2" -qq -o APT::Architecture="$1" -o APT::Architectures="$1" -o Dir::State::Lists="$state/lists" \
		-o Dir::State::status="$state/status" -o Dir::Cache="$state" -o APT::Sandbox::User=
	architecture=$1
	deb_file=$2
	shift 2
	apt-get "$@" update || complain "apt cannot fetch its index"
	(cd build && apt-get "$@" download "musl-dev:$architecture=$musl_version") || true
	[ -e "build/$deb_file" ] || complain "apt has no $deb_file; put it into $PWD/build by hand"
}

# build ARCHITECTURE DEBIAN_ARCHITECTURE SHA256
build() {
	check_compiler "$1-linux-gnu-gcc-12"
	unpack_musl "$2" "$3" "build/musl-$1"
	rm -rf "build/$1"
	make -s ARCH="$1" BUILD="build/$1" MUSL="build/musl-$1"
	mkdir -p "$out/$1"
	# A new file, not the old one rewritten: that may be running.
	cp "build/$1/slimtrace-agent" "$out/$1/slimtrace-agent.new"
	chmod 755 "$out/$1/slimtrace-agent.new"
	mv "$out/$1/slimtrace-agent.new" "$out/$1/slimtrace-agent"
}

mkdir -p build
install_compilers
build x86_64 amd64 "$musl_sha256_amd64"
build aarch64 arm64 "$musl_sha256_arm64"
