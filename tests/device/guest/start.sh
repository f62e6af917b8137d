#!/bin/sh
# What a Raspberry Pi has and a guest has not is put into its place; then the guest waits for orders: under
# systemd with `guest.init=systemd` on the kernel's command line, else with nothing beside it.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
asked() { grep -qw "$1" /proc/cmdline; }
mount -t sysfs sys /sys
mountpoint -q /dev || mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm
modprobe -a configfs gpio-sim evdev virtio_blk ext4 i6300esb
mount -t configfs configfs /sys/kernel/config 2> /dev/null

# 28 lines that answer as the first chip of a Raspberry Pi 4, whose number gpiozero looks up.
lines=/sys/kernel/config/gpio-sim/pi
mkdir -p "$lines/bank0"
echo 28 > "$lines/bank0/num_lines"
echo pinctrl-bcm2711 > "$lines/bank0/label"
echo 1 > "$lines/live"
{ cat /proc/cpuinfo; printf 'Revision\t: c03111\n'; } > /etc/cpuinfo-of-a-pi
mount --bind /etc/cpuinfo-of-a-pi /proc/cpuinfo
# As /etc/udev/rules.d/99-com.rules of Raspberry Pi OS.
cat > /etc/udev/rules.d/99-com.rules <<'RULES'
SUBSYSTEM=="gpio", KERNEL=="gpiochip*", GROUP="gpio", MODE="0660"
SUBSYSTEM=="dma_heap", GROUP="video", MODE="0660"
RULES
stty -F /dev/ttyS1 raw -echo

if [ -b /dev/vda ]; then
    mkdir -p /var/lib/entrance-kiosk
    mount -t ext4 -o noatime /dev/vda /var/lib/entrance-kiosk
fi

if asked guest.init=systemd; then
    cat > /etc/systemd/system/orders.service <<'UNIT'
[Unit]
Description=Does what the tests ask for
DefaultDependencies=no
After=systemd-udev-trigger.service

[Service]
Environment=PYTHONDONTWRITEBYTECODE=1 LANG=C.UTF-8
ExecStart=/usr/bin/python3 /srv/door/tests/device/guest/orders.py
UNIT
    mkdir -p /etc/systemd/system/sysinit.target.wants
    ln -sf ../orders.service /etc/systemd/system/sysinit.target.wants/orders.service
    exec /usr/lib/systemd/systemd
fi

mount -t devpts devpts /dev/pts
mount -t tmpfs shm /dev/shm
mount -t tmpfs run /run
mount -t tmpfs tmp /tmp
modprobe -a uinput virtio_gpu xhci_pci usbhid hid_generic
/usr/lib/systemd/systemd-udevd --daemon
udevadm trigger
udevadm settle --timeout=60
cd /srv/door
python3 /srv/door/tests/device/guest/orders.py
echo o > /proc/sysrq-trigger
sleep 60
