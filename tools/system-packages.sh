#!/bin/sh
# Mesa's EGL and software rasteriser, so that GL works without a display or a GPU.
# Installs them where that is possible, otherwise names the exact command and goes on:
# the CPU compositor needs nothing of this.
set -u

has_egl() {
    ldconfig -p 2>/dev/null | grep -q 'libEGL\.so\.1' &&
        ls /usr/share/glvnd/egl_vendor.d/*.json /etc/glvnd/egl_vendor.d/*.json >/dev/null 2>&1
}

has_egl && exit 0
packages="libegl1 libegl-mesa0 libgl1-mesa-dri libgl1"
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    apt-get update -qq && apt-get install -y -qq --no-install-recommends $packages && exit 0
fi
echo "No EGL found: GL compositing is off and the CPU compositor is used." >&2
echo "To switch it on:  sudo apt-get install -y $packages" >&2
exit 0
