#!/bin/sh
# /init of the bench's Linux guests: comes up like init.sh, to where the prompt of its shell would be, then runs a workload
# of shell commands `rounds=N` times (by the kernel's command line) and powers off.
/bin/busybox --install -s /bin
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev
mount -t debugfs none /sys/kernel/debug 2>/dev/null
echo "guest: up"
echo "guest# "

make_tree() {
  mkdir /tmp/tree
  for folder in $(seq 1 12); do
    mkdir "/tmp/tree/$folder"
    for file in $(seq 1 8); do
      seq "$folder" "$file" 2000 >"/tmp/tree/$folder/$file"
    done
  done
}

work() {
  make_tree
  find /tmp/tree -type f | sort -r | md5sum
  cat /tmp/tree/[1-4]/* | sort -n | uniq -c | awk '{ sum += $1 * $2 } END { print sum }'
  grep -rc 7 /tmp/tree | awk -F: '{ found += $2 } END { print found }'
  tar -c /tmp/tree/[1-3] | gzip >/tmp/tree.gz
  gunzip </tmp/tree.gz | tar -t | wc -l
  sed 's/\([0-9]\)\([0-9]\)/\2\1/g' /tmp/tree/5/* | sha256sum
  count=0
  while [ $count -lt 300 ]; do count=$((count + 1)); done
  for name in /tmp/tree/9/*; do basename "$name"; done | tr 1-9 a-i | sort | tail -n 1
  rm -r /tmp/tree /tmp/tree.gz
}

rounds=$(sed -n 's/.*rounds=\([0-9]*\).*/\1/p' /proc/cmdline)
while [ "${rounds:-0}" -gt 0 ]; do
  work
  rounds=$((rounds - 1))
done
echo "guest: done"
poweroff -f
