"""Which addresses may be connected to: the public internet, and nothing that only looks like it.

Own tables, for Python's `ipaddress` takes NAT64 and 6to4 forms of 127.0.0.1 for global, and 100.64.0.1 for not private (measured,
Python 3.11). Source of the networks: the IANA special-purpose address registries for IPv4 and IPv6.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import unicodedata

_V4 = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        ),
    )
)  # fmt: skip
_V6_PUBLIC = ipaddress.IPv6Network("2000::/3")
_V6 = tuple(map(ipaddress.IPv6Network, ("2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16")))
_NAT64, _MAPPED = ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::ffff:0:0/96")
_6TO4 = ipaddress.IPv6Network("2002::/16")
_DOTTED = re.compile(r"(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)")
# What `inet_aton` takes for an IPv4 address: parts in decimal, octal or hexadecimal, one to four of them.
_NUMERIC = re.compile(r"(?:0x[0-9a-f]*|\d+)(?:\.(?:0x[0-9a-f]*|\d+)){0,3}\.?", re.I)


def forbidden(address: str) -> bool:
    """Whether an IP address is private, local, reserved, or an IPv6 form of such an IPv4 address."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv4Address):
        return any(ip in network for network in _V4)
    if ip in _MAPPED:
        return True  # no public service is reached in this form
    inner = int(ip) & 0xFFFFFFFF if ip in _NAT64 else int(ip) >> 80 & 0xFFFFFFFF if ip in _6TO4 else None
    if inner is not None:
        return forbidden(str(ipaddress.IPv4Address(inner)))
    return ip not in _V6_PUBLIC or any(ip in network for network in _V6)


def odd(host: str) -> bool:
    """Whether a host is a number in another form than a.b.c.d: 2130706433, 0x7f.1, 0177.0.0.1, 127.1, circled digits."""
    plain = unicodedata.normalize("NFKC", host).replace("。", ".")
    if plain != host and _NUMERIC.fullmatch(plain):
        return True
    return bool(_NUMERIC.fullmatch(plain)) and not _DOTTED.fullmatch(plain)


def resolved(host: str, port: int) -> list[str]:
    """The IP addresses of a host, in the order to try. Raises OSError if it has none."""
    found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(f[4][0]) for f in found))
