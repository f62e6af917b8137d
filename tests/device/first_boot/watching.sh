# What watches a box from inside has in common: sourced by those who do.
out=/srv/out
tell() { printf '%s=%s\n' "$1" "$2" >> "$out/seen.part"; }
until_true() { # SECONDS COMMAND...
    local end=$((SECONDS + $1)); shift
    until "$@" > /dev/null 2>&1; do [ $SECONDS -lt $end ] || return 1; sleep 0.2; done
}
finish() {
    journalctl --no-pager > "$out/journal"
    mv "$out/seen.part" "$out/seen"
    systemctl --no-block poweroff
}
