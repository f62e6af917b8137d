#!/bin/sh
# The first program of a guest's kernel. Its root is a folder of the machine that runs the tests: whatever is
# written goes into memory laid over it, so that the folder stays as it was made.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
modprobe -a overlay 9p 9pnet_virtio
mount -t tmpfs -o mode=755 memory /mnt
mkdir /mnt/written /mnt/work /mnt/root
mount -t overlay -o lowerdir=/,upperdir=/mnt/written,workdir=/mnt/work root /mnt/root
umount /proc
cd /mnt/root
pivot_root . mnt
mount -t proc proc /proc
mount -t 9p -o ro,trans=virtio,version=9p2000.L,cache=loose,msize=262144 door /srv/door
exec chroot . /bin/sh /srv/door/tests/device/guest/start.sh < /dev/console > /dev/console 2>&1
