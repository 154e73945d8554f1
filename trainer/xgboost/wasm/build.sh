#!/usr/bin/env bash
# Builds xgboost.cjs and xgboost.wasm beside this file from the published source of XGBoost.
# Usage: build.sh [work directory]   (default: a fresh temporary one; about 12 CPU minutes, 1 GB)
# Written for Debian 12: apt-get install -y --no-install-recommends emscripten ninja-build cmake python3-venv
set -euo pipefail

VERSION=3.2.0
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "${1:-/tmp}"
WORK=$(cd "${1:-$(mktemp -d)}" && pwd)
cd "$WORK"
# Debian keeps emscripten's own node packages here; its linker looks nowhere else.
export NODE_PATH=/usr/share/nodejs

# pip has no command that only unpacks a source distribution, and its download command compiles all of it. Asked for a
# system library that is not there, the build stops early and leaves the unpacked tree behind.
if [ ! -d source ]; then
  python3 -m venv python
  ./python/bin/pip install -q -U pip hatchling packaging
  rm -rf unpack wheels && mkdir -p unpack wheels
  TMPDIR="$WORK/unpack" ./python/bin/pip wheel -q --no-clean --no-binary :all: --no-deps --no-build-isolation \
    -C use_system_libxgboost=True -w wheels "xgboost==$VERSION" || true
  cp -r unpack/pip-wheel-*/xgboost_*/cpp_src source
fi

# Paths are cut from file names in error messages, so that the bytes do not depend on where this was built.
FLAGS="-O3 -msimd128 -fwasm-exceptions -DNDEBUG -ffile-prefix-map=$WORK/source=xgboost"
emcmake cmake -S source -B objects -G Ninja -DCMAKE_BUILD_TYPE=Release -DBUILD_STATIC_LIB=ON -DUSE_OPENMP=OFF \
  -DCMAKE_CXX_FLAGS="$FLAGS" -DCMAKE_C_FLAGS="$FLAGS" -DCMAKE_CXX_FLAGS_RELEASE= -DCMAKE_C_FLAGS_RELEASE=
ninja -C objects

EXPORTS=_malloc,_free
for name in XGBoostVersion XGBGetLastError XGBSetGlobalConfig \
  XGDMatrixCreateFromMat XGDMatrixSetFloatInfo XGDMatrixSetUIntInfo XGDMatrixSetStrFeatureInfo XGDMatrixFree \
  XGBoosterCreate XGBoosterFree XGBoosterSetParam XGBoosterUpdateOneIter XGBoosterEvalOneIter \
  XGBoosterPredictFromDMatrix XGBoosterSaveModelToBuffer XGBoosterLoadModelFromBuffer; do
  EXPORTS=$EXPORTS,_$name
done

# NODEJS_CATCH_*=0: without them the module installs process-wide handlers that swallow the program's own errors.
emcc -O3 -msimd128 -fwasm-exceptions \
  -Wl,--whole-archive source/lib/libxgboost.a -Wl,--no-whole-archive objects/dmlc-core/libdmlc.a \
  -sMODULARIZE=1 -sEXPORT_NAME=createXgboost -sENVIRONMENT=node -sWASM_BIGINT=1 \
  -sALLOW_MEMORY_GROWTH=1 -sMAXIMUM_MEMORY=4GB -sNODEJS_CATCH_EXIT=0 -sNODEJS_CATCH_REJECTION=0 \
  -sEXPORTED_FUNCTIONS="$EXPORTS" -sEXPORTED_RUNTIME_METHODS=UTF8ToString,HEAPU8,HEAPU32,HEAPF32 \
  -o xgboost.cjs

if grep -q -a -F "$WORK" xgboost.wasm xgboost.cjs; then
  echo "build.sh: a path of this machine is in the result; check -ffile-prefix-map" >&2
  exit 1
fi
install -m 644 xgboost.cjs xgboost.wasm "$HERE/"
cp source/LICENSE "$HERE/LICENSE"
sha256sum "$HERE/xgboost.cjs" "$HERE/xgboost.wasm"
