#!/usr/bin/env bash
# Puts ExoBrain on this machine as a service: checks the machine, installs the package, writes the configuration of systemd,
# Redis and nginx, starts Redis, server and monitor, and verifies. A second run changes nothing that is as it should be.
#
#   deploy.sh [--deb FILE] [--domain NAME] [--tls-cert FILE --tls-key FILE] [--no-nginx] [--no-redis]
#             [--accept CHECK]... [--dry-run]
#   deploy.sh rollback [--dry-run]     back to the package that was installed before
#   deploy.sh check                    the checks of the machine alone
#
#   --deb FILE      the package (default: the newest exobrain_*.deb beside this script or in build/*/packages)
#   --domain NAME   the name the server is asked by through nginx (default: this machine's name)
#   --accept CHECK  a check that may fail, by its name: load, memory, disk, …; may be repeated
#   --dry-run       says what would be done and does nothing
#
# An upgrade makes a backup first; when the new version does not pass `exobrain doctor --post-deploy`, the old one is
# put back. Status: 0 done, 1 failed, 2 the machine does not pass the checks, 3 failed and rolled back, 64 usage.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)"

leastMemory=2048  # MB that have to be available
leastDisk=2048    # MB on /var
leastCores=2
mostLoad=80       # per cent of the cores, over five minutes
kept=/var/cache/exobrain-deploy
etc=/etc/exobrain
share=/usr/share/exobrain
home=/var/lib/exobrain
server=http://127.0.0.1:8686

action=deploy deb="" domain="" cert="" key="" withNginx=yes withRedis=yes accepted="" dry=no
changed=no # the configuration of the service, which then needs a restart

say() { printf 'deploy: %s\n' "$*"; }
die() { printf 'deploy: %s\n' "$*" >&2; exit 1; }
usage() { sed -n '2,/^set -euo/p' "${BASH_SOURCE[0]}" | sed '$d; s/^# \{0,1\}//' >&2; exit "${1:-64}"; }

parse() {
    while [ "$#" -gt 0 ]; do
        case "$1" in
        rollback | check) action="$1" ;;
        --deb) deb="${2:?}"; shift ;;
        --domain) domain="${2:?}"; shift ;;
        --tls-cert) cert="$(readlink -f "${2:?}")"; shift ;;
        --tls-key) key="$(readlink -f "${2:?}")"; shift ;;
        --no-nginx) withNginx=no ;;
        --no-redis) withRedis=no ;;
        --accept) accepted+=" ${2:?}"; shift ;;
        --dry-run) dry=yes ;;
        -h | --help) usage 0 ;;
        *) printf 'deploy: unknown: %s\n' "$1" >&2; usage ;;
        esac
        shift
    done
    if { [ -n "$cert" ] && [ -z "$key" ]; } || { [ -z "$cert" ] && [ -n "$key" ]; }; then
        printf 'deploy: --tls-cert and --tls-key belong together\n' >&2
        usage
    fi
    if [ -n "$domain" ] && ! [[ "$domain" =~ ^[A-Za-z0-9.-]+$ ]]; then
        printf 'deploy: not a host name: %s\n' "$domain" >&2
        exit 64
    fi
}

# Does a thing, or with --dry-run only says it.
run() {
    if [ "$dry" = yes ]; then
        printf 'would run: %s\n' "$*"
    else
        "$@"
    fi
}

# Writes standard input to a file when it differs; whether it did is told by the status.
write() { # FILE MODE OWNER
    local new="$1.new"
    if [ "$dry" = yes ]; then
        if cmp -s - "$1"; then return 1; fi
        printf 'would write: %s\n' "$1"
        return 0
    fi
    mkdir -p "$(dirname "$1")"
    (umask 077 && cat >"$new")
    if cmp -s "$new" "$1"; then
        rm -f "$new"
        return 1
    fi
    say "writing $1"
    chown "$3" "$new"
    chmod "$2" "$new"
    mv "$new" "$1"
}

# --- checks of the machine ---------------------------------------------------------------------------------------------

bad=0
row() { # pass|warn|fail TEXT
    local name="${2%%[: ]*}"
    if [ "$1" = fail ] && [[ " $accepted " == *" $name "* ]]; then
        set -- warn "$2 (accepted)"
    fi
    printf '%-5s %s\n' "$1" "$2"
    if [ "$1" = fail ]; then bad=$((bad + 1)); fi
}

atLeast() { # NAME FIGURE LEAST UNIT ADVICE
    if [ "$2" -ge "$3" ]; then
        row pass "$1: $2 $4 (at least $3)"
    else
        row fail "$1: $2 $4, at least $3 needed. $5"
    fi
}

checkSystem() {
    local id="" version="" load cores
    # shellcheck source=/dev/null
    id="$(. /etc/os-release && printf '%s' "${ID:-}")" version="$(. /etc/os-release && printf '%s' "${VERSION_ID:-}")"
    case "$id $version" in
    "debian 12" | "ubuntu 24.04") row pass "system: $id $version" ;;
    debian* | ubuntu*) row warn "system: $id $version; tested on debian 12 and ubuntu 24.04" ;;
    *) row fail "system: $id $version. Debian 12 or Ubuntu 24.04 is needed" ;;
    esac
    if [ -d /run/systemd/system ]; then
        row pass "systemd: $(systemctl --version | awk 'NR == 1 {print $2}')"
    else
        row fail "systemd: does not run here. Without it, start 'exobrain serve' yourself"
    fi
    cores="$(nproc)"
    if [ "$cores" -ge "$leastCores" ]; then
        row pass "cores: $cores (at least $leastCores)"
    else
        row warn "cores: $cores, $leastCores are meant for server, monitor and Redis"
    fi
    load="$(awk -v cores="$cores" '{printf "%d", $2 * 100 / cores}' /proc/loadavg)"
    if [ "$load" -le "$mostLoad" ]; then
        row pass "load: $load % of $cores cores over five minutes (at most $mostLoad %)"
    else
        row fail "load: $load % of $cores cores over five minutes, at most $mostLoad % allowed. Find what uses it: top"
    fi
}

# The memory of an ExoBrain that runs already is there for its successor.
ownMemory() {
    local pid sum=0 size
    for pid in $(systemctl show -p MainPID --value exobrain.service exobrain-monitor.service 2>/dev/null | grep -v '^$'); do
        [ "$pid" != 0 ] || continue
        size="$(awk '/^VmRSS/ {print int($2 / 1024)}' "/proc/$pid/status" 2>/dev/null || true)"
        sum=$((sum + ${size:-0}))
    done
    printf '%s' "$sum"
}

checkResources() {
    local memory disk
    memory="$(awk '/^MemAvailable/ {print int($2 / 1024)}' /proc/meminfo)"
    atLeast "memory available" "$((memory + $(ownMemory)))" "$leastMemory" MB "End other programs or add memory: free -m"
    disk="$(df -Pm /var | awk 'NR == 2 {print $4}')"
    atLeast "disk free on /var" "$disk" "$leastDisk" MB "Make room: du -xh / | sort -h | tail"
}

# Who listens on a port, by the name of the program; nothing when it is free.
listener() { # PORT
    ss -Hltnp "sport = :$1" 2>/dev/null | sed -n 's/.*users:(("\([^"]*\)".*/\1/p' | head -n 1
}

checkPort() { # PORT PROGRAM...
    local found
    found="$(listener "$1")"
    if [ -z "$found" ]; then
        row pass "port $1: free"
    elif [[ " ${*:2} " == *" $found "* ]]; then
        row pass "port $1: held by $found, as it should"
    else
        row fail "port $1: held by $found. Stop it or give it another port: ss -ltnp sport = :$1"
    fi
}

checkPorts() {
    if ! command -v ss >/dev/null; then
        row warn "ports: not looked at, 'ss' (package iproute2) is missing"
        return
    fi
    checkPort 8686 exobrain systemd
    if [ "$withNginx" = no ]; then return; fi
    checkPort 80 nginx
    if [ -n "$cert" ]; then checkPort 443 nginx; fi
}

# A Redis that holds somebody else's data is not made a cache.
checkRedis() {
    local keys
    if [ "$withRedis" = no ] || [ -e /etc/redis/exobrain.conf ] || ! command -v redis-cli >/dev/null; then return; fi
    keys="$(timeout 5 redis-cli dbsize 2>/dev/null | tr -dc 0-9 || true)"
    if [ -z "$keys" ] || [ "$keys" = 0 ]; then
        row pass "redis: ${keys:-no} keys"
    else
        row fail "redis: holds $keys keys of something else; it would become a cache without a disk. Use --no-redis"
    fi
}

checkFiles() {
    local file
    for file in $cert $key; do
        if [ -r "$file" ]; then row pass "file: $file"; else row fail "file: $file cannot be read"; fi
    done
    if [ "$withNginx" = yes ] && [ -d /etc/nginx/sites-enabled ]; then
        # Ours and the distribution's own, which is switched off, do not count.
        file="$(grep -lE 'listen[^;]*default_server' /etc/nginx/sites-enabled/* 2>/dev/null |
            grep -vE '/(default|exobrain)$' | head -n 1 || true)"
        if [ -n "$file" ]; then row fail "nginx: $file is the default server already. Take default_server out of it, or use --no-nginx"; fi
    fi
}

checkMachine() {
    bad=0
    checkSystem
    checkResources
    checkPorts
    checkRedis
    checkFiles
    if [ "$bad" != 0 ]; then
        say "$bad checks failed, nothing was changed"
        exit 2
    fi
}

# --- packages ----------------------------------------------------------------------------------------------------------

installedVersion() {
    dpkg-query -W -f '${db:Status-Status} ${Version}' exobrain 2>/dev/null | sed -n 's/^installed //p' || true
}

findDeb() {
    if [ -z "$deb" ]; then
        deb="$(find "$here" "$here"/../build/*/packages -maxdepth 1 -name 'exobrain_*.deb' -printf '%T@ %p\n' 2>/dev/null |
            sort -rn | sed -n '1s/^[^ ]* //p' || true)"
    fi
    if [ -n "$deb" ]; then
        deb="$(readlink -f "$deb")"
        [ "$(dpkg-deb -f "$deb" Package)" = exobrain ] || die "$deb is not a package of exobrain"
    elif [ -z "$(installedVersion)" ]; then
        die "no package: name one with --deb FILE (ninja -C build/release packages makes it)"
    fi
}

# Each package that was installed this way is kept: "current" and, for a rollback, "previous".
keepDeb() { # FILE
    local name
    run mkdir -p "$kept"
    name="exobrain_$(dpkg-deb -f "$1" Version)_$(dpkg-deb -f "$1" Architecture).deb"
    if [ "$dry" = yes ]; then
        printf 'would keep: %s as %s/%s\n' "$1" "$kept" "$name"
        return
    fi
    [ "$1" -ef "$kept/$name" ] || install -m 644 "$1" "$kept/$name"
    if [ "$(readlink "$kept/current" 2>/dev/null || true)" != "$name" ]; then
        if [ -L "$kept/current" ]; then mv -T "$kept/current" "$kept/previous"; fi
        ln -sfn "$name" "$kept/current"
    fi
    find "$kept" -name '*.deb' ! -name "$(readlink "$kept/current")" \
        ! -name "$(readlink "$kept/previous" 2>/dev/null || printf none)" -delete
}

apt() {
    run env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Options::=--force-confold -o Dpkg::Use-Pty=0 "$@"
}

# The services are started by this script in their order, not by their packages.
installPrograms() {
    local wanted="" name
    if [ "$withRedis" = yes ] && ! command -v redis-server >/dev/null; then wanted+=" redis-server"; fi
    if [ "$withNginx" = yes ] && ! command -v nginx >/dev/null; then wanted+=" nginx-light"; fi
    if [ -z "$wanted" ]; then return; fi
    for name in $wanted; do say "installing $name"; done
    # shellcheck disable=SC2086
    apt install --no-install-recommends $wanted || { apt update && apt install --no-install-recommends $wanted; }
}

# True when a package was installed; false when this very package already was.
installDeb() {
    local version old
    if [ -z "$deb" ]; then return 1; fi
    version="$(dpkg-deb -f "$deb" Version)" old="$(installedVersion)"
    if [ "$version" = "$old" ] && cmp -s "$deb" "$kept/current"; then
        say "exobrain $version is installed"
        return 1
    fi
    say "installing exobrain $version${old:+ over $old}"
    if ! apt install --no-install-recommends --allow-downgrades --reinstall "$deb"; then
        apt update && apt install --no-install-recommends --allow-downgrades --reinstall "$deb"
    fi
    keepDeb "$deb"
}

# --- configuration -----------------------------------------------------------------------------------------------------

fill() { # FILE: a template with its names filled in
    local ipv6='s/^//'
    if [ ! -e /proc/net/if_inet6 ]; then ipv6='/\[::\]/d'; fi
    sed -e "s|@CONF@|/etc/nginx/exobrain|g; s|@HTTPS@|443|g; s|@HTTP@|80|g; s|@LOCAL@|127.0.0.1:80|g; s|@DOMAIN@|$domain|g; s|@SERVER@|127.0.0.1:8686|g" \
        -e "s|@CERT@|$cert|g; s|@KEY@|$key|g; $ipv6" "$1"
}

configureService() {
    {
        echo "# Written by deploy.sh; overrides config.json. In doubt: exobrain-admin serve --print-config"
        if [ "$withNginx" = yes ]; then echo "EXOBRAIN_SERVER_ALLOWED_HOSTS=$domain"; fi
        if [ "$withRedis" = yes ]; then echo "EXOBRAIN_CACHE_REDIS_URL=unix:///run/redis/redis-server.sock"; fi
    } | write "$etc/exobrain.env" 640 root:exobrain && changed=yes
    # The socket of Redis is for members of its group.
    if [ "$withRedis" = yes ] && ! id -nG exobrain 2>/dev/null | grep -qw redis; then
        run usermod -aG redis exobrain
        changed=yes
    fi
}

configureRedis() {
    local new=no
    if [ "$withRedis" = no ]; then return; fi
    if [ "$dry" = yes ] && [ ! -d "$share/redis" ]; then
        printf 'would write: /etc/redis/exobrain.conf, /etc/systemd/system/redis-server.service.d/exobrain.conf\n'
        return
    fi
    write /etc/redis/exobrain.conf 640 redis:redis <"$share/redis/exobrain.conf" && new=yes
    write /etc/systemd/system/redis-server.service.d/exobrain.conf 644 root:root \
        <"$share/redis/redis-server.service.conf" && new=yes
    if [ "$new" = yes ]; then
        run systemctl daemon-reload
        run systemctl enable redis-server.service
        run systemctl restart redis-server.service
    else
        run systemctl start redis-server.service
    fi
}

configureNginx() {
    local site=exobrain-http.conf new=no name
    if [ "$withNginx" = no ]; then return; fi
    if [ -n "$cert" ]; then site=exobrain-tls.conf; fi
    if [ "$dry" = yes ] && [ ! -d "$share/nginx" ]; then
        printf 'would write: /etc/nginx/exobrain/*.conf, /etc/nginx/sites-available/exobrain (%s) and switch it on\n' "$site"
        return
    fi
    for name in exobrain-common.conf exobrain-server.conf; do
        fill "$share/nginx/$name" | write "/etc/nginx/exobrain/$name" 644 root:root && new=yes
    done
    fill "$share/nginx/$site" | write /etc/nginx/sites-available/exobrain 644 root:root && new=yes
    if [ ! -e /etc/nginx/sites-enabled/exobrain ]; then
        run ln -s ../sites-available/exobrain /etc/nginx/sites-enabled/exobrain
        new=yes
    fi
    if [ -L /etc/nginx/sites-enabled/default ]; then
        say "switching off nginx's welcome page"
        run rm /etc/nginx/sites-enabled/default
        new=yes
    fi
    if [ "$dry" = no ]; then nginx -t -q || die "nginx does not accept its configuration; the running one stays"; fi
    run systemctl enable --quiet nginx.service
    if [ "$new" = yes ]; then run systemctl reload-or-restart nginx.service; else run systemctl start nginx.service; fi
}

# Through nginx every caller comes from loopback: without a key the server would be everybody's.
makeKeys() {
    local name file
    for name in admin monitor; do
        file="$etc/$name.key"
        if [ -s "$file" ]; then continue; fi
        if [ "$dry" = yes ]; then
            printf 'would make: an API key "%s", in %s\n' "$name" "$file"
            continue
        fi
        exobrain-admin keys create --name "$name" --json | sed -n 's/.*"\(exo_[^"]*\)".*/\1/p' | head -n 1 | write "$file" 600 root:root
        [ -s "$file" ] || die "no key could be made"
        changed=yes
    done
}

# --- start and verify --------------------------------------------------------------------------------------------------

# Fails when one of them does not start. (It stands left of &&, where set -e does not hold.)
startServices() {
    local verb=start timer=(exobrain-backup.timer)
    if [ "$changed" = yes ]; then verb=restart; fi
    if inPostgres; then timer=(); fi # there is nothing in the home to back up
    run systemctl daemon-reload &&
        run systemctl enable --quiet exobrain.socket exobrain.service exobrain-monitor.service "${timer[@]}" &&
        run systemctl start exobrain.socket &&
        run systemctl "$verb" exobrain.service &&
        run systemctl "$verb" exobrain-monitor.service &&
        { [ "${#timer[@]}" = 0 ] || run systemctl start "${timer[@]}"; }
}

verify() {
    say "verifying"
    if [ "$dry" = yes ]; then
        printf 'would run: exobrain-admin doctor --post-deploy %s\n' "$server"
        return
    fi
    local out status=0 failures
    out="$(EXOBRAIN_API_KEY="$(cat "$etc/admin.key")" exobrain-admin doctor --post-deploy "$server" 2>&1)" || status=$?
    printf '%s\n' "$out"
    # A machine whose load was accepted is also busy while the server is looked at. A doctor that names no failure did
    # not look at all.
    failures="$(grep '^ *FAIL' <<<"$out" || true)"
    if [ "$status" = 1 ] && [[ " $accepted " == *" load "* ]] && [ -n "$failures" ] &&
        ! grep -qvE 'FAIL +(CPU|Response time)' <<<"$failures"; then
        say "busy with other things, as accepted"
        return 0
    fi
    return "$status"
}

# The last word about an upgrade: up within a minute and all of doctor's checks passed.
startAndVerify() {
    startServices && verify
}

# --- rollback ----------------------------------------------------------------------------------------------------------

rollback() {
    local file backup
    [ -L "$kept/previous" ] || die "there is no package to go back to in $kept"
    file="$(readlink -f "$kept/previous")"
    say "going back to exobrain $(dpkg-deb -f "$file" Version)"
    run systemctl stop exobrain-monitor.service exobrain.service
    apt install --no-install-recommends --allow-downgrades --reinstall "$file"
    if [ "$dry" = yes ]; then return; fi
    keepDeb "$file"
    changed=yes
    if startAndVerify; then return; fi
    # The older program cannot write what the newer one has migrated: the copy made before the upgrade takes its place,
    # and `restore` keeps what it replaces.
    backup="$(cat "$kept/backup" 2>/dev/null || true)"
    [ -n "$backup" ] || die "exobrain $(installedVersion) does not pass the checks, and there is no backup to restore"
    say "the data is that of the newer version; restoring $backup"
    systemctl stop exobrain-monitor.service exobrain.service exobrain.socket
    exobrain-admin restore "$backup" || die "the backup could not be restored"
    startAndVerify || die "exobrain $(installedVersion) does not pass the checks with $backup either"
}

# --- deploy ------------------------------------------------------------------------------------------------------------

inPostgres() {
    exobrain-admin serve --print-config 2>/dev/null | grep -q '^storage\.url  *= [^ ]'
}

backUp() { # before an upgrade
    if [ "$dry" = yes ]; then
        printf 'would run: exobrain-admin backup\n'
        return
    fi
    if inPostgres; then
        # The way back is then the database's own; an older version refuses a newer schema.
        say "the sessions are in PostgreSQL: no backup is made here; dump it before an upgrade (pg_dump)"
        rm -f "$kept/backup"
        return
    fi
    if [ ! -e "$home/exobrain.db" ]; then return; fi
    say "backup before the upgrade"
    mkdir -p "$kept"
    exobrain-admin backup >"$kept/backup.new" || die "no backup, no upgrade"
    mv "$kept/backup.new" "$kept/backup"
}

deploy() {
    local old
    checkMachine
    findDeb
    if [ -z "$domain" ]; then
        domain="$(sed -n 's/^EXOBRAIN_SERVER_ALLOWED_HOSTS=//p' "$etc/exobrain.env" 2>/dev/null || true)"
        domain="${domain:-$(hostname -f 2>/dev/null || hostname)}"
    fi
    old="$(installedVersion)"
    installPrograms
    if [ -n "$old" ] && [ ! -e "$kept/current" ]; then say "exobrain $old was not installed by this script: no way back to it"; fi
    if [ -n "$old" ] && [ -n "$deb" ] && ! cmp -s "$deb" "$kept/current"; then backUp; fi
    if installDeb; then changed=yes; fi
    configureService
    configureRedis
    makeKeys
    configureNginx
    if startAndVerify; then
        if [ "$dry" = yes ]; then return; fi
        say "done: exobrain $(installedVersion) answers on $server${domain:+, and as $domain}"
        say "the administrator's API key is in $etc/admin.key"
        return
    fi
    say "exobrain $(installedVersion) does not pass the checks"
    journalctl -u exobrain.service -n 20 --no-pager || true
    if [ -z "$old" ] || [ ! -L "$kept/previous" ]; then exit 1; fi
    rollback
    rm -f "$(readlink -f "$kept/previous")" "$kept/previous" # what failed is nothing to go back to
    exit 3
}

parse "$@"
if [ "$(id -u)" != 0 ] && [ "$dry" = no ] && [ "$action" != check ]; then die "needs root"; fi
case "$action" in
check) checkMachine ;;
rollback) rollback ;;
deploy) deploy ;;
esac
