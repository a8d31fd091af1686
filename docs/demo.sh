# The whole way once with a real extension: make demo.
set -eu

PACKAGE=lru-dict VERSION=1.4.1
PORTER_LEDGER=demo/ledger.db
export PORTER_LEDGER

# Findings are what a demonstration is made of: 1 is an answer, everything above is a failure.
found() {
    "$@" || [ $? -eq 1 ]
}

step() {
    printf '\n== %s\n' "$*"
}

step "$PACKAGE $VERSION from PyPI"
rm -rf demo
mkdir -p demo/original demo/ported
python -m pip download --quiet --disable-pip-version-check --no-deps --no-binary :all: \
    --dest demo "$PACKAGE==$VERSION"
for folder in original ported; do
    tar -xzf demo/*.tar.gz -C "demo/$folder" --strip-components 1
done

step "porter scan: what is not isolated"
found porter scan demo/original
porter record demo/original --tree "$PACKAGE" --revision original

step "porter port --write: the port, made"
found porter port demo/ported > demo/port.patch
found porter port demo/ported --write
echo "the patch: demo/port.patch ($(grep -c '^[+-]' demo/port.patch) lines)"

step "porter scan: what is left"
found porter scan demo/ported

step "porter verify: the port, proven"
porter verify demo/ported --against demo/original --format json -o demo/verify.json
porter verify demo/ported --against demo/original

step "porter dashboard: the page"
porter record demo/ported --tree "$PACKAGE" --revision ported --verify demo/verify.json
porter status demo/ported --tree "$PACKAGE"
porter dashboard -o demo/page

printf '\nOpen demo/page/index.html\n'
