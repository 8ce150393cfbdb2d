#!/bin/sh
# /init of the guest for tests of address spaces: user programs that lie at the same virtual addresses or anywhere, tasks that sleep,
# and all of the kernel's messages on the console.
/bin/busybox --install -s /bin
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev
echo "guest: up"
sleep 1000 &
/bin/decoy
/bin/knock
/bin/decoy
/bin/wander
/bin/wander
cat /proc/self/maps
dmesg
echo "guest: done"
poweroff -f
