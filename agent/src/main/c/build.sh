#!/bin/sh
# Compiles the guard: sh build.sh OUTPUT
set -eu

if command -v gcc >/dev/null 2>&1; then compiler=gcc; else compiler=cc; fi
mkdir -p "$(dirname "$1")"
exec "$compiler" -std=c11 -O2 -Wall -Wextra -Werror -Wshadow -Wconversion \
    -D_FORTIFY_SOURCE=2 -fstack-protector-strong -o "$1" main.c startup.c guard.c instance.c
