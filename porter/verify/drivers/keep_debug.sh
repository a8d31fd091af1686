#!/bin/sh
# A compiler that keeps debug information whatever the package's own flags say; installed as `cc` and as `c++`.
for argument; do
    shift
    case $argument in
    -s | -g0 | -Wl,-s | -Wl,-S | -Wl,-x | -Wl,--strip-all | -Wl,--strip-debug | -Wl,--strip-*) ;;
    *) set -- "$@" "$argument" ;;
    esac
done
case ${0##*/} in
c++) exec $PORTER_CXX "$@" -g ;;
*) exec $PORTER_CC "$@" -g ;;
esac
