#!/bin/sh
# /init of the guest for tests of loadable modules: ledger is loaded, asked and removed, and loaded again elsewhere, for stamp
# has taken its place.
/bin/busybox --install -s /bin
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev
echo "guest: up"
insmod /lib/ledger.ko
echo 3 >/sys/module/ledger/parameters/post
cat /proc/modules
rmmod ledger
insmod /lib/stamp.ko
insmod /lib/ledger.ko
echo -7 >/sys/module/ledger/parameters/post
cat /proc/modules
cat /sys/module/ledger/sections/.text
echo "guest: done"
poweroff -f
