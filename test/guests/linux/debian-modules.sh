#!/bin/sh
# /init of the guest for tests of Debian's own modules: a file of a FAT file system is made, mounted by a loop device and written to,
# and the file system's module removed and loaded again.
/bin/busybox --install -s /bin
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev
echo "guest: up"
for module in loop nls_cp437 nls_ascii fat vfat; do insmod /lib/$module.ko.xz || insmod /lib/$module.ko; done
dd if=/dev/zero of=/tmp/disk bs=1k count=512 2>/dev/null
mkdosfs /tmp/disk
mkdir /mnt
losetup /dev/loop0 /tmp/disk
mount -t vfat /dev/loop0 /mnt
echo "kept on a loop device" >/mnt/Long-Name.txt
sync
umount /mnt
rmmod vfat
insmod /lib/vfat.ko.xz || insmod /lib/vfat.ko
mount -t vfat /dev/loop0 /mnt
cat /mnt/Long-Name.txt
umount /mnt
losetup -d /dev/loop0
cat /proc/modules
cat /sys/module/fat/sections/.text
echo "guest: done"
poweroff -f
